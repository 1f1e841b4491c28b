import type { DaemonId, DeadlineReached } from '@group-services/core';

/** A peer to be watched. */
export interface WatchedPeer {
  readonly daemon: DaemonId;
}

/** What a `LivenessEngine` is told. */
export type LivenessInput =
  | DeadlineReached
  /** The complete set of peers that share a group with us; it replaces the one before. */
  | { readonly kind: 'watch'; readonly peers: readonly WatchedPeer[] }
  /** `hears` is whom the sender heard lately. */
  | { readonly kind: 'heartbeat'; readonly from: DaemonId; readonly hears: readonly DaemonId[] }
  /** Any other frame, or a link that came to stand: a sign of life. */
  | { readonly kind: 'heard'; readonly from: DaemonId }
  /** A link was closed by the peer's kernel. */
  | { readonly kind: 'linkClosed'; readonly peer: DaemonId }
  /** A probe found nobody. */
  | { readonly kind: 'unreachable'; readonly peer: DaemonId }
  /** A newer daemon of the peer's node answers. */
  | { readonly kind: 'superseded'; readonly peer: DaemonId }
  /** What goes with heartbeats has changed: the next one comes at once. */
  | { readonly kind: 'beat' }
  /** The peer stops in order; its links will close. */
  | { readonly kind: 'stopping'; readonly peer: DaemonId };

/**
 * Why a peer is suspected:
 * - `silent`: nothing was heard for `suspectAfterMs`
 * - `deaf`: it is heard, but its heartbeats no longer say that it hears us, or do not come for long
 * - `unreachable`: its link closed and nobody answers at its address
 * - `stopped`: it said that it stops, and its link closed
 * - `superseded`: a newer daemon of its node is there; this is final
 */
export type SuspicionReason = 'silent' | 'deaf' | 'unreachable' | 'stopped' | 'superseded';

/** What a `LivenessEngine` wants done, in order. */
export type LivenessOutput =
  | {
      readonly kind: 'heartbeat';
      readonly to: readonly DaemonId[];
      readonly hears: readonly DaemonId[];
    }
  /** Dial the peer once and say what came of it. */
  | { readonly kind: 'probe'; readonly peer: DaemonId }
  | { readonly kind: 'suspect'; readonly peer: DaemonId; readonly why: SuspicionReason }
  | { readonly kind: 'alive'; readonly peer: DaemonId };

/** What a `LivenessEngine` is made with; times in milliseconds. */
export interface LivenessOptions {
  readonly self: DaemonId;
  /** Between two heartbeats to each peer. */
  readonly heartbeatMs: number;
  /** Silence, or not being heard, for so long is a reason for suspicion. */
  readonly suspectAfterMs: number;
}

/** How one watched peer stands, for status pages. */
export interface PeerStatus {
  readonly daemon: DaemonId;
  readonly suspected: SuspicionReason | null;
  /** Milliseconds since its last sign of life; null when there was none. */
  readonly heardMsAgo: number | null;
  /** Milliseconds since its heartbeat last named us, or since we began to count. */
  readonly hearsUsMsAgo: number;
}
