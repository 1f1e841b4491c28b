import type { NodeName } from '@group-services/core';
import { type DaemonOptions, DEFAULT_DAEMON_OPTIONS } from '@group-services/daemon-engine';
import { wireOffer } from '@group-services/wire';
import type { DaemonConfig } from './config.js';
import { clientLimits } from './process-limits.js';

/** What the engine is made with: what its operator has set, and what only this process knows. */
export function engineOptions(
  config: DaemonConfig,
  itself: {
    readonly node: NodeName;
    readonly incarnation: number;
    readonly address: string;
  },
): DaemonOptions {
  const { maxUnstableMessages, pieceBytes, retryMs, busyGroupsMax } = DEFAULT_DAEMON_OPTIONS;
  return {
    ...itself,
    heartbeatMs: config.heartbeat,
    suspectAfterMs: config.suspectAfter,
    ackWindow: config.ackWindow,
    quiesce: config.quiesce,
    idleSyncMs: config.idleSync,
    maxUnstableBytes: config.maxUnstable,
    slowMemberTimeoutMs: config.slowMemberTimeout,
    slowProcessTimeoutMs: config.slowProcessTimeout,
    leaveTimeoutMs: config.leaveTimeout,
    lingerMs: config.linger,
    snapshotChunkBytes: config.snapshotChunk,
    proposalQueue: config.proposalQueue,
    ephemeral: config.ephemeral,
    clientLimits: clientLimits(config),
    features: new Set(wireOffer(config.wireMinor).features),
    // Nobody has had to change these.
    maxUnstableMessages,
    pieceBytes,
    retryMs,
    busyGroupsMax,
  };
}
