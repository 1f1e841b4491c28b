import type { Journal, NodeName } from '@group-services/core';
import type { MetagroupTuning } from '@group-services/metagroup';
import type { ProcessGroupTuning } from '@group-services/process-group';
import { type ClientLimits, PIECE_BYTES, wireOffer } from '@group-services/wire';
import type { DaemonNews } from './news.js';

/** What a daemon is made with (`command-line.md`, gsd). Times are milliseconds, sizes bytes. */
export interface DaemonOptions extends MetagroupTuning, ProcessGroupTuning {
  readonly node: NodeName;
  readonly incarnation: number;
  /** Where other daemons reach this one. */
  readonly address: string;
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  /** A process with too much unread for so long is waited for no more. */
  readonly slowProcessTimeoutMs: number;
  /** A registration or a renewal is said to the name server in pieces of about so many bytes. */
  readonly pieceBytes: number;
  /** In how many groups at once something is begun that others have to answer; the rest waits. */
  readonly busyGroupsMax: number;
  /**
   * The node name will not return once this daemon is gone: the name server may give its memberships up
   * after a lease, so that it stands still without contact as under the policy `suspend`.
   */
  readonly ephemeral?: boolean | undefined;
  /** What processes may propose at most, where it is less than the wire allows. */
  readonly clientLimits?: ClientLimits | undefined;
  readonly observe?: boolean | undefined;
  /** Is written what happens, for whoever looks; the engine never reads it. */
  readonly journal?: Journal<DaemonNews> | undefined;
}

/** The defaults of `gsd`, without what only a process can know. */
export const DEFAULT_DAEMON_OPTIONS = {
  heartbeatMs: 250,
  suspectAfterMs: 1_000,
  ackWindow: 64,
  quiesce: 'anticipate',
  idleSyncMs: 1_000,
  maxUnstableBytes: 4 * 1024 * 1024,
  maxUnstableMessages: 16_384,
  slowMemberTimeoutMs: 10_000,
  slowProcessTimeoutMs: 10_000,
  leaveTimeoutMs: 5_000,
  lingerMs: 5_000,
  snapshotChunkBytes: 256 * 1024,
  proposalQueue: 10_000,
  pieceBytes: PIECE_BYTES,
  retryMs: 250,
  busyGroupsMax: 128,
  features: new Set(wireOffer().features),
} as const satisfies Partial<DaemonOptions>;
