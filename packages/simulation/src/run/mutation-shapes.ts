import { Rng } from '@group-services/core';
import type { MutationName } from '../mutations/index.js';
import { loaded, NO_FAULTS } from '../profile/load-profile.js';
import { nameServerAlone } from '../profile/name-server-profile.js';
import type { Profile, VotingProfile } from '../profile/profile.js';
import { seconded } from '../profile/second-profile.js';

/**
 * What seeds must draw for deliberate defects to show at all, and soon: domains in which that happens often
 * which the protection is there for. The rest of a seed stays.
 */

/** A few daemons, for a short time: the faults that the defect needs are added, and come often. */
const SHORT = (drawn: Profile): Profile => ({
  ...drawn,
  scale: 'usual',
  daemons: Math.max(3, Math.min(5, drawn.daemons)),
  lasting: undefined,
  load: undefined,
  drains: undefined,
  seconds: undefined,
  nameServerAlone: false,
  safetyMs: 20 * drawn.timing.suspectAfterMs,
});

/** Daemons that are cut off from the name server and stand still. */
const EPHEMERAL = (drawn: Profile): Profile => ({
  ...drawn,
  scale: 'usual',
  daemons: Math.max(3, drawn.daemons),
  store: 'file',
  isolation: 'continue',
  names: 'ephemeral',
  lasting: undefined,
  load: undefined,
  drains: undefined,
  seconds: undefined,
  timing: { ...drawn.timing, leaseMs: drawn.timing.suspectAfterMs, lingerMs: 0 },
  faults: { ...drawn.faults, partition: 2 * drawn.timing.suspectAfterMs },
});

/** Daemons that count on their lease, processes that come and go, and no trouble but late answers. */
const LATE_ANSWERS = (drawn: Profile): Profile => {
  const { suspectAfterMs } = drawn.timing;
  return {
    ...drawn,
    scale: 'usual',
    daemons: Math.max(3, Math.min(4, drawn.daemons)),
    clients: 2,
    groups: 3,
    store: 'file',
    isolation: 'suspend',
    names: 'kept',
    lasting: undefined,
    voting: undefined,
    safetyMs: 25 * suspectAfterMs,
    timing: { ...drawn.timing, leaseMs: 4 * suspectAfterMs, lingerMs: 0 },
    network: { ...drawn.network, loss: 0, tailChance: 0 },
    workload: {
      ...drawn.workload,
      thinkMs: suspectAfterMs / 2,
      handlesMax: 1,
      endChance: 0.02,
      subscribeChance: 0,
      floodChance: 0,
    },
    faults: {
      ...NO_FAULTS,
      clientKill: 0.6 * suspectAfterMs,
      lateAnswers: 6 * suspectAfterMs,
    },
  };
};

/** Three daemons and one group, processes that call often, and nothing goes wrong. */
const CALM = (drawn: Profile): Profile => {
  const { suspectAfterMs } = drawn.timing;
  return {
    ...SHORT(drawn),
    daemons: 3,
    groups: 1,
    clients: 1,
    isolation: 'continue',
    names: 'kept',
    sleeps: false,
    releases: undefined,
    voting: undefined,
    patient: false,
    safetyMs: 15 * suspectAfterMs,
    faults: NO_FAULTS,
    pace: { ...drawn.pace, slowReader: undefined },
    network: { ...drawn.network, tailChance: 0, loss: 0, duplication: 0, slowShare: 0 },
    limits: { ...drawn.limits, maxUnstableMessages: 1024, proposalQueue: 1000 },
    workload: {
      ...drawn.workload,
      thinkMs: suspectAfterMs / 4,
      handlesMax: 1,
      burstMax: 1,
      payloadMax: 64,
      endChance: 0.02,
      subscribeChance: 0,
      floodChance: 0,
      bundleMax: 1,
    },
  };
};

/** Leaders die, and are back soon. */
const LEADERS_DIE = (drawn: Profile): Profile => {
  const { suspectAfterMs } = drawn.timing;
  const faults = { daemonCrash: 2 * suspectAfterMs, outageMaxMs: 2 * suspectAfterMs };
  return { ...CALM(drawn), faults: { ...NO_FAULTS, ...faults } };
};

const VOTING: VotingProfile = {
  share: 0.9,
  openMax: 2,
  attributesChance: 1,
  agreedResults: false,
  drops: false,
  continuesMax: 1,
  silentChance: 0,
  lateChance: 0,
  strayChance: 0,
  riderChance: 0,
  continueChance: 0.1,
  rejectChance: 0.1,
  vanishChance: 0,
  monitorChance: 0,
  unwellChance: 0,
};

/** The rest of a defect's seeds is as drawn. */
export const SHAPES: Partial<Record<MutationName, (drawn: Profile) => Profile>> = {
  'names-not-held': (drawn) => {
    const { suspectAfterMs } = drawn.timing;
    return seconded(new Rng(1), SHORT(drawn), { everyMs: suspectAfterMs, alone: true });
  },
  'nodes-asked-once': (drawn) => ({ ...SHORT(drawn), releases: undefined, watched: true }),
  'agreed-lists': withAgreedResults,
  'sleep-not-counted': (drawn) => ({
    ...drawn,
    load: undefined,
    drains: undefined,
    seconds: undefined,
    daemons: Math.max(3, drawn.daemons),
    isolation: 'suspend',
    sleeps: true,
    faults: { ...drawn.faults, pause: 2 * drawn.timing.suspectAfterMs },
  }),
  'wakes-at-once': (drawn) => ({
    ...SHORT(drawn),
    isolation: 'continue',
    faults: {
      ...NO_FAULTS,
      partition: 4 * drawn.timing.suspectAfterMs,
      pause: 2 * drawn.timing.suspectAfterMs,
    },
  }),
  'absent-leader-kept': (drawn) => ({
    ...drawn,
    load: undefined,
    drains: undefined,
    seconds: undefined,
    daemons: Math.max(3, drawn.daemons),
    lasting: { who: 'leader', way: 'both' },
  }),
  'highest-version-continues': (drawn) => ({
    ...SHORT(drawn),
    store: 'memory',
    isolation: 'continue',
    faults: {
      ...NO_FAULTS,
      daemonCrash: 4 * drawn.timing.suspectAfterMs,
      outdatedRecovery: 2 * drawn.timing.suspectAfterMs,
    },
  }),
  'load-is-silence': (drawn) => {
    const { timing } = drawn;
    const { suspectAfterMs } = timing;
    const load = {
      inputMs: suspectAfterMs / 10,
      spellMs: 4 * suspectAfterMs,
      everyMs: suspectAfterMs / 2,
    };
    return loaded(drawn, load);
  },
  'lease-from-answer': LATE_ANSWERS,
  'replies-not-reset': (drawn) => {
    const shaped = LEADERS_DIE(drawn);
    const { workload } = shaped;
    return {
      ...shaped,
      clients: 2,
      safetyMs: 8 * drawn.timing.suspectAfterMs,
      voting: { ...VOTING, share: 0.5, drops: true },
      workload: { ...workload, thinkMs: workload.thinkMs / 2 },
    };
  },
  'bundle-not-noted': (drawn) => {
    const shaped = LEADERS_DIE(drawn);
    return { ...shaped, workload: { ...shaped.workload, burstMax: 8, bundleMax: 8 } };
  },
  'vote-for-any-protocol': (drawn) => {
    const { suspectAfterMs } = drawn.timing;
    const calm = LEADERS_DIE(drawn);
    return {
      ...calm,
      voting: { ...VOTING, lateChance: 0.3 },
      network: { ...calm.network, tailChance: 0.2, tailMs: suspectAfterMs / 2 },
    };
  },
  'rejoin-refused': (drawn) => {
    const { suspectAfterMs } = drawn.timing;
    const calm = CALM(drawn);
    return {
      ...calm,
      clients: 2,
      voting: { ...VOTING, silentChance: 0.15 },
      workload: { ...calm.workload, namedInstances: true },
      faults: { ...NO_FAULTS, clientKill: suspectAfterMs },
    };
  },
  'withdrawn-and-run': (drawn) => {
    const calm = CALM(drawn);
    return {
      ...calm,
      clients: 2,
      voting: { ...VOTING, share: 0.2 },
      workload: { ...calm.workload, endChance: 0.3, withdraws: 'often' },
    };
  },
  'registration-by-halves': (drawn) => {
    const alone = nameServerAlone(new Rng(1), SHORT(drawn));
    return { ...alone, groups: 3, voting: undefined, limits: { ...alone.limits, pieceBytes: 1 } };
  },
  'ephemeral-gone-early': EPHEMERAL,
  'ephemeral-goes-on': EPHEMERAL,
};

/** Of seeds that vote: everything but lists may be lost with the daemon that has shown it. */
export function withAgreedResults(drawn: Profile): Profile {
  if (drawn.voting === undefined) return drawn;
  return { ...drawn, voting: { ...drawn.voting, agreedResults: true } };
}
