import type { DaemonId, GroupName, MembershipId } from '@group-services/core';

/** What one membership in one processor group is made with. Times are milliseconds. */
export interface MetagroupOptions {
  readonly group: GroupName;
  readonly membership: MembershipId;
  /** Where our daemon accepts links of other daemons. */
  readonly address: string;
  /** Whether to form the group when there is none. */
  readonly create: boolean;
  /** NoAckRequired messages before the stream must be acknowledged (M11–M13). */
  readonly ackWindow: number;
  /** Without traffic for so long the stream is synced. */
  readonly idleSyncMs: number;
  /** Bounds of what is retained because somebody may still miss it (B4). */
  readonly maxUnstableBytes: number;
  readonly maxUnstableMessages: number;
  /** A member that makes no progress for so long counts as failed. */
  readonly slowMemberTimeoutMs: number;
  readonly leaveTimeoutMs: number;
  readonly snapshotChunkBytes: number;
  /** After so long without an answer a message is repeated. */
  readonly retryMs: number;
  /** How long others wait for the member that is next in line before they complain themselves. */
  readonly complainAfterMs: number;
  /** Who was suspected when this membership began. */
  readonly suspected: readonly DaemonId[];
  /** Adds `observed` outputs for checkers. */
  readonly observe: boolean;
}
