import type { Rng } from '@group-services/core';
import type { FaultProfile, LoadProfile, Profile, Timing } from './profile.js';

const LOAD_SHARE = 0.04;
/** So many times the failure timeout there are spells at the least. */
const SPELLS_FOR = 10;
/** Far more than a spell lasts: who has work to do for a spell makes progress, and is let go, before that. */
const PATIENCE_TIMES = 10;
/** What waits behind a queue of a few would still wait when everything has come to rest. */
const QUEUE_LEAST = 1_000;

/** In some seeds nothing happens but that daemons and the name server have too much to do for a while. */
export function drawLoad(
  rng: Rng,
  scale: Profile['scale'],
  timing: Timing,
): LoadProfile | undefined {
  return scale === 'usual' && rng.chance(LOAD_SHARE) ? loadOf(rng, timing) : undefined;
}

export function loadOf(rng: Rng, { suspectAfterMs }: Timing): LoadProfile {
  return {
    inputMs: suspectAfterMs * rng.pick([0.02, 0.05, 0.1]),
    spellMs: suspectAfterMs * rng.pick([2, 4]),
    everyMs: suspectAfterMs * rng.pick([0.5, 1, 3]),
  };
}

/**
 * The same domain with a load and no fault: nobody dies, nothing is lost, and no link breaks, so that there is
 * no reason to remove anybody.
 */
export function loaded(drawn: Profile, load: LoadProfile): Profile {
  const { timing, network, workload, pace, limits } = drawn;
  const { suspectAfterMs } = timing;
  const patienceMs = PATIENCE_TIMES * suspectAfterMs;
  return {
    ...drawn,
    load,
    safetyMs: Math.max(drawn.safetyMs, SPELLS_FOR * suspectAfterMs),
    // Much work for few: a seed with a load must not take as long as ten others.
    daemons: Math.min(4, Math.max(3, drawn.daemons)),
    groups: Math.min(3, drawn.groups),
    clients: 1,
    lasting: undefined,
    sleeps: false,
    names: 'kept',
    faults: NO_FAULTS,
    // Whoever is replaced was stopped first.
    releases: undefined,
    timing: { ...timing, slowMemberTimeoutMs: patienceMs, leaveTimeoutMs: patienceMs },
    limits: {
      ...limits,
      proposalQueue: Math.max(limits.proposalQueue, QUEUE_LEAST),
      maxUnstableMessages: Math.max(limits.maxUnstableMessages, QUEUE_LEAST),
    },
    network: {
      ...network,
      delayMeanMs: Math.min(network.delayMeanMs, suspectAfterMs / 20),
      tailChance: 0,
      loss: 0,
      duplication: 0,
      slowShare: 0,
    },
    workload: { ...workload, thinkMs: 0.2 * suspectAfterMs, burstMax: 20 },
    pace: { ...pace, slowReader: undefined },
  };
}

/** No fault of any kind. */
export const NO_FAULTS: FaultProfile = {
  daemonCrash: undefined,
  daemonStop: undefined,
  pause: undefined,
  partition: undefined,
  linkReset: undefined,
  halfOpen: undefined,
  stall: undefined,
  nameServerCrash: undefined,
  nameServerLink: undefined,
  nameServerPause: undefined,
  outdatedRecovery: undefined,
  clientKill: undefined,
  clientDeaf: undefined,
  clockJump: undefined,
  storeChange: undefined,
  lateAnswers: undefined,
  targeted: 0,
  oneWayLinks: 0,
  everythingStops: false,
  partitionMaxMs: 0,
  pauseMaxMs: 0,
  outageMaxMs: 0,
  stallMaxMs: 0,
};
