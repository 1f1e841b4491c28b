import { NO_FAULTS, type Profile } from '@group-services/simulation';

/** Nothing of this happens here. */
const CALLS = { labelled: false, withdraws: 'last' } as const;
const PLAIN = { seconds: undefined, nameServerAlone: false, dependent: false } as const;

/**
 * The domain of the playground: the times of a small production set-up, and a network so slow that the
 * eye can follow a message. Nothing is lost and nobody fails unless the visitor does it.
 */
export function settings(daemons: number): Profile {
  return {
    scale: 'usual',
    daemons,
    groups: 1,
    clients: 1,
    safetyMs: 0,
    livenessMs: 0,
    patient: false,
    timing: {
      heartbeatMs: 400,
      suspectAfterMs: 1_600,
      leaseMs: 3_000,
      idleSyncMs: 300,
      slowMemberTimeoutMs: 10_000,
      leaveTimeoutMs: 5_000,
      lingerMs: 5_000,
      clockDrift: 0,
    },
    network: {
      delayMinMs: 45,
      delayMeanMs: 25,
      tailChance: 0,
      tailMs: 0,
      loss: 0,
      duplication: 0,
      reordering: 0,
      answerDuplication: 0,
      slowShare: 0,
      slowBytesPerMs: 0,
    },
    faults: NO_FAULTS,
    workload: {
      thinkMs: 0,
      handlesMax: 1,
      burstMax: 1,
      payloadMax: 0,
      safeChance: 0,
      endChance: 0,
      subscribeChance: 0,
      floodChance: 0,
      namedInstances: false,
      attributes: false,
      bundleMax: 1,
      ...CALLS,
    },
    voting: undefined,
    sleeps: false,
    lasting: undefined,
    limits: {
      ackWindow: 16,
      maxUnstableBytes: 1024 * 1024,
      maxUnstableMessages: 1024,
      snapshotChunkBytes: 64 * 1024,
      proposalQueue: 1_000,
      busyGroupsMax: 128,
      pieceBytes: 64 * 1024,
      clientBufferBytes: 8 * 1024 * 1024,
    },
    pace: {
      markBytes: 64 * 1024,
      stoppedAfterMs: 1_600,
      slowAfterMs: 60_000,
      slowReader: undefined,
    },
    load: undefined,
    drains: undefined,
    ...PLAIN,
    releases: undefined,
    watched: false,
    byDigest: true,
    store: 'file',
    isolation: 'continue',
    names: 'kept',
    leaderRecovery: 'announced',
    quiesce: 'anticipate',
  };
}

export const GROUP = 'crew';
export const DAEMONS_LEAST = 3;
export const DAEMONS_MOST = 7;

/** How long a proposal waits for votes. */
export const VOTE_LIMIT_MS = 4_000;
