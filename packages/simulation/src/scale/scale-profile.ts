import { DEFAULT_DAEMON_OPTIONS } from '@group-services/daemon-engine';
import { NO_FAULTS } from '../profile/load-profile.js';
import type { Profile } from '../profile/profile.js';

/**
 * A domain as `gsd` and `gsns` are by default, on a quick and quiet network: what is measured here is the
 * price of being many, not of being unlucky.
 */
export function scaleProfile(daemons: number, groups: number): Profile {
  const { heartbeatMs, suspectAfterMs, idleSyncMs, lingerMs } = DEFAULT_DAEMON_OPTIONS;
  const { slowMemberTimeoutMs, leaveTimeoutMs, busyGroupsMax } = DEFAULT_DAEMON_OPTIONS;
  const { ackWindow, maxUnstableBytes, maxUnstableMessages } = DEFAULT_DAEMON_OPTIONS;
  const { snapshotChunkBytes, proposalQueue, pieceBytes } = DEFAULT_DAEMON_OPTIONS;
  return {
    scale: 'wide',
    daemons,
    groups,
    clients: 1,
    safetyMs: 0,
    livenessMs: 0,
    patient: false,
    timing: {
      ...{ heartbeatMs, suspectAfterMs, idleSyncMs, lingerMs, slowMemberTimeoutMs, leaveTimeoutMs },
      leaseMs: LEASE_MS,
      clockDrift: 0,
    },
    network: LOCAL_NETWORK,
    faults: NO_FAULTS,
    workload: NO_WORK,
    voting: undefined,
    sleeps: false,
    lasting: undefined,
    limits: {
      ...{ ackWindow, maxUnstableBytes, maxUnstableMessages, snapshotChunkBytes, proposalQueue },
      ...{ busyGroupsMax, pieceBytes },
      // A process of this simulation reads everything at once, and may be in ten thousand groups.
      clientBufferBytes: 1024 ** 3,
    },
    pace: {
      markBytes: 1024 ** 3,
      stoppedAfterMs: suspectAfterMs,
      slowAfterMs: 60_000,
      slowReader: undefined,
    },
    load: undefined,
    drains: undefined,
    seconds: undefined,
    nameServerAlone: false,
    watched: false,
    dependent: false,
    releases: undefined,
    byDigest: true,
    store: 'memory',
    isolation: 'continue',
    names: 'kept',
    leaderRecovery: 'announced',
    quiesce: 'anticipate',
  };
}

/** The default of `gsns`. */
const LEASE_MS = 3_000;

/** Some hundred microseconds each way, as between the machines of a room. */
const LOCAL_NETWORK: Profile['network'] = {
  delayMinMs: 0.1,
  delayMeanMs: 0.1,
  tailChance: 0,
  tailMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 0,
  answerDuplication: 0,
  slowShare: 0,
  slowBytesPerMs: 0,
};

const NO_WORK: Profile['workload'] = {
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
  labelled: false,
  withdraws: 'last',
};
