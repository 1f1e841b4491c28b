import type { Rng } from '@group-services/core';
import type { DaemonOptions } from '@group-services/daemon-engine';
import type { LeaderRecovery } from '@group-services/name-server';

/** Everything that is drawn once per seed. Times are milliseconds of virtual time. */
export interface Profile {
  readonly daemons: number;
  readonly groups: number;
  /** Processes per daemon. */
  readonly clients: number;
  readonly timing: Timing;
  readonly network: NetworkProfile;
  readonly faults: FaultProfile;
  readonly workload: WorkloadProfile;
  readonly limits: LimitsProfile;
  readonly store: 'memory' | 'file';
  readonly isolation: 'continue' | 'suspend';
  readonly leaderRecovery: LeaderRecovery;
  readonly quiesce: DaemonOptions['quiesce'];
  /** How long faults are injected, and how long the domain then has to come to rest. */
  readonly safetyMs: number;
  readonly livenessMs: number;
}

export interface Timing {
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  readonly leaseMs: number;
  readonly idleSyncMs: number;
  readonly slowMemberTimeoutMs: number;
  readonly leaveTimeoutMs: number;
  readonly lingerMs: number;
  /** How much faster or slower a node's clock runs at most. */
  readonly clockDrift: number;
}

export interface NetworkProfile {
  readonly delayMinMs: number;
  readonly delayMeanMs: number;
  /** Chance of a delay up to `tailMs` instead. */
  readonly tailChance: number;
  readonly tailMs: number;
  readonly loss: number;
  readonly duplication: number;
}

/** Mean time between two faults of a kind; undefined: this kind is off. */
export interface FaultProfile {
  readonly daemonCrash: number | undefined;
  readonly daemonStop: number | undefined;
  readonly pause: number | undefined;
  readonly partition: number | undefined;
  readonly linkReset: number | undefined;
  readonly nameServerCrash: number | undefined;
  readonly nameServerLink: number | undefined;
  readonly nameServerPause: number | undefined;
  readonly clientKill: number | undefined;
  /** Chance that a reached branch of a protocol brings a fault upon its daemon. */
  readonly targeted: number;
}

export interface WorkloadProfile {
  /** Mean time between two calls of one process. */
  readonly thinkMs: number;
  readonly handlesMax: number;
  readonly burstMax: number;
  readonly payloadMax: number;
  readonly safeChance: number;
  /** Chance that a call ends a membership rather than using it. */
  readonly endChance: number;
  readonly namedInstances: boolean;
  readonly attributes: boolean;
}

export interface LimitsProfile {
  readonly ackWindow: number;
  readonly maxUnstableBytes: number;
  readonly snapshotChunkBytes: number;
  readonly proposalQueue: number;
}

/** The bound of the liveness checker: so many suspicion times and leases after the last fault. */
const LIVENESS_SUSPICIONS = 16;
const LIVENESS_LEASES = 6;
const NARROW_QUEUE = 100;

/** @param variants Draws the protocol's variants, so that the rest of a seed does not depend on them. */
export function drawProfile(rng: Rng, variants: Rng): Profile {
  const timing = drawTiming(rng);
  const { suspectAfterMs, leaseMs } = timing;
  const limits = drawLimits(rng);
  return {
    daemons: rng.pick([1, 2, 3, 3, 3, 4, 4, 5, 6, 7]),
    groups: rng.between(1, 3),
    clients: rng.between(1, 3),
    timing,
    network: drawNetwork(rng, suspectAfterMs),
    faults: drawFaults(rng, suspectAfterMs),
    workload: drawWorkload(rng, suspectAfterMs, limits),
    limits,
    store: rng.pick(['memory', 'file']),
    isolation: rng.chance(0.7) ? 'continue' : 'suspend',
    leaderRecovery: variants.pick(['announced', 'silent', 'name-server']),
    quiesce: variants.pick(['anticipate', 'anticipate', 'sync', 'ack-required', 'convert']),
    safetyMs: suspectAfterMs * rng.between(8, 24),
    livenessMs: LIVENESS_SUSPICIONS * suspectAfterMs + LIVENESS_LEASES * leaseMs,
  };
}

function drawTiming(rng: Rng): Timing {
  const suspectAfterMs = rng.pick([200, 500, 1000]);
  return {
    suspectAfterMs,
    heartbeatMs: Math.floor(suspectAfterMs / rng.between(3, 5)),
    leaseMs: suspectAfterMs * rng.between(1, 4),
    idleSyncMs: rng.pick([10, 50, 100]),
    slowMemberTimeoutMs: suspectAfterMs * rng.between(2, 6),
    leaveTimeoutMs: suspectAfterMs * rng.between(2, 4),
    lingerMs: rng.pick([0, suspectAfterMs, 4 * suspectAfterMs]),
    clockDrift: rng.pick([0, 0.0005]),
  };
}

function drawNetwork(rng: Rng, suspectAfterMs: number): NetworkProfile {
  const meanMax = suspectAfterMs / 20;
  return {
    delayMinMs: rng.chance(0.5) ? 0 : rng.between(0, Math.floor(meanMax / 2)),
    delayMeanMs: rng.between(1, Math.floor(meanMax)),
    tailChance: rng.chance(0.4) ? 0 : rng.pick([0.002, 0.01, 0.03, 0.1]),
    tailMs: suspectAfterMs * rng.between(1, 10),
    loss: rng.chance(0.4) ? 0 : rng.pick([0.01, 0.05, 0.1, 0.3]),
    duplication: rng.chance(0.5) ? 0 : rng.pick([0.02, 0.1, 0.5]),
  };
}

function drawFaults(rng: Rng, suspectAfterMs: number): FaultProfile {
  const rate = (onChance: number): number | undefined =>
    rng.chance(onChance) ? suspectAfterMs * rng.pick([3, 8, 20]) : undefined;
  return {
    daemonCrash: rate(0.6),
    daemonStop: rate(0.3),
    pause: rate(0.4),
    partition: rate(0.5),
    linkReset: rate(0.4),
    nameServerCrash: rate(0.4),
    nameServerLink: rate(0.4),
    nameServerPause: rate(0.2),
    clientKill: rate(0.5),
    targeted: rng.chance(0.5) ? 0 : rng.pick([0.02, 0.1, 0.3]),
  };
}

function drawWorkload(
  rng: Rng,
  suspectAfterMs: number,
  { proposalQueue }: LimitsProfile,
): WorkloadProfile {
  // What waits behind a queue of a few would still wait when the liveness phase is over.
  const narrow = proposalQueue < NARROW_QUEUE;
  return {
    thinkMs: suspectAfterMs * (narrow ? 1 : rng.pick([0.15, 0.4, 0.4, 1])),
    handlesMax: rng.between(1, 4),
    burstMax: narrow ? 2 : rng.pick([1, 1, 5, 20]),
    payloadMax: rng.pick([64, 256, 2000]),
    safeChance: rng.pick([0, 0.3, 1]),
    endChance: rng.pick([0.02, 0.1, 0.3]),
    namedInstances: rng.chance(0.3),
    attributes: rng.chance(0.3),
  };
}

function drawLimits(rng: Rng): LimitsProfile {
  return {
    ackWindow: rng.pick([1, 5, 16, 64]),
    maxUnstableBytes: rng.chance(0.2) ? 4096 : 1024 * 1024,
    snapshotChunkBytes: rng.chance(0.3) ? 64 : 64 * 1024,
    proposalQueue: rng.chance(0.15) ? rng.between(1, 16) : 1000,
  };
}
