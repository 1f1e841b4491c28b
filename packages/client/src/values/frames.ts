import type { ToClient } from '@group-services/wire';

/** Frames of the daemon by the kind of their message. */
export type FrameOf<K extends ToClient['kind']> = Extract<ToClient, { readonly kind: K }>;

/** What concerns votes; a joiner hears it before it is a provider. */
export type VotingFrame = FrameOf<'ballot' | 'rider' | 'vote-not-expected' | 'rejected'>;

/** What a provider hears after it has joined. */
export type ProviderFrame =
  | VotingFrame
  | FrameOf<'approved' | 'message' | 'announcement' | 'removed'>;

/** What a subscription hears after it was accepted. */
export type SubscriptionFrame = FrameOf<'snapshot' | 'approved' | 'removed' | 'dissolved'>;

/** What belongs to one handle. */
export type HandleFrame = ProviderFrame | SubscriptionFrame;

/**
 * A frame that can be read but contradicts what was said before. It is thrown while a frame is being
 * handled and ends the connection.
 */
export class ContradictingFrame extends Error {
  static {
    ContradictingFrame.prototype.name = 'ContradictingFrame';
  }
}

/** Tells the daemon that the program lags with a handle's events, or does no more. */
export type TellLag = (lagging: boolean, bytes: number) => void;
