/**
 * What the two layers of a daemon say to each other of the ordered stream of a group: the internal one
 * orders it, the external one is fed by it. Neither knows the other, so the words stand here.
 */

/** A message of the stream that is placed but not yet delivered here. */
export interface PendingBody {
  readonly position: number;
  readonly body: Uint8Array;
}

/** Why a membership of the processor group ended. */
export type EndReason = 'left' | 'removed' | 'group-lost' | 'unknown-group';
