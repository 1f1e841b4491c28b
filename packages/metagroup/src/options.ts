import type { DaemonId, GroupName, Instant, MembershipId } from '@group-services/core';
import type { QuiesceMode } from './stream/quiescing.js';
import type { StreamTally } from './tally.js';

/** How a new leader is found and made known, one for a domain (M8, `internal-layer.md` §2). */
export type LeaderRecovery = 'announced' | 'silent' | 'name-server';

/** Who answers questions of a group. */
export type Answering = 'members' | 'nameServer';

/** What a daemon knows beyond one group: asked for when it matters. */
export interface Surroundings {
  /** How long answers take at present; to ask again sooner would only be more work. */
  readonly answersTakeMs: (whom: Answering) => number;
  /** An answer has come after so long. */
  readonly answered: (whom: Answering, tookMs: number) => void;
  /** When this daemon was last heard to take over some group; long ago if never. */
  readonly takingOverAt: (daemon: DaemonId) => Instant;
}

/** What is chosen for a daemon and holds for all its memberships alike. Times are milliseconds. */
export interface MetagroupTuning {
  /** NoAckRequired messages before the stream must be acknowledged (M11–M13). */
  readonly ackWindow: number;
  /** Who asks, and how, for the acknowledgements that bring the stream to rest, led or followed (M13). */
  readonly quiesce: QuiesceMode;
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
}

/** What one membership in one processor group is made with. */
export interface MetagroupOptions extends MetagroupTuning {
  readonly group: GroupName;
  readonly membership: MembershipId;
  /** Where our daemon accepts links of other daemons. */
  readonly address: string;
  /** Whether to form the group when there is none. */
  readonly create: boolean;
  /** How long others wait for the member that is next in line before they complain themselves. */
  readonly complainAfterMs: number;
  /** As the name server says at registration; `nameServerUp` changes it. */
  readonly leaderRecovery: LeaderRecovery;
  /** Who was suspected when this membership began. */
  readonly suspected: readonly DaemonId[];
  /** Who was being drained when this membership began; left out: nobody. */
  readonly drained?: readonly DaemonId[] | undefined;
  /** Where this membership counts, with others of its daemon. */
  readonly tally?: StreamTally | undefined;
  /** Adds `observed` outputs for checkers. */
  readonly observe: boolean;
  /** Left out: there is nothing but this group. */
  readonly surroundings?: Surroundings | undefined;
}
