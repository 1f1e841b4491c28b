import type { UdpCounters } from './counters.js';
import type { Frame, Outgoing } from './frame.js';
import type { Budget } from './reassembly.js';

/** Something that happens to an association. */
export type AssociationInput =
  /** The association stands: so many bytes may be under way to the peer. */
  | { readonly kind: 'begin'; readonly window: number }
  /** A datagram with the id of this association, which came from its peer. */
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array }
  /** A datagram of the peer's multicast stream. */
  | { readonly kind: 'cast'; readonly bytes: Uint8Array }
  | { readonly kind: 'send'; readonly frame: Frame }
  /** Everything that was to be sent together has been given: it may leave. */
  | { readonly kind: 'flush' }
  /** The owner is done with the frame that it was handed. */
  | { readonly kind: 'handled' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Largest frame that is taken from now on. */
  | { readonly kind: 'limit'; readonly bytes: number }
  /** What was queued still leaves, then the peer is told. */
  | { readonly kind: 'close' }
  | { readonly kind: 'abort' }
  /** It is known from elsewhere that the peer, or its association, is no more. */
  | { readonly kind: 'broken'; readonly what: string }
  | { readonly kind: 'deadlineReached' };

/** Why an association is closed. */
export type AssociationEnd =
  /** Its owner closed or aborted it. */
  | { readonly kind: 'closed' }
  /** The peer closed in order. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'broken'; readonly what: string }
  | { readonly kind: 'frame-too-large'; readonly bytes: number; readonly limit: number };

export type AssociationOutput =
  | { readonly kind: 'transmit'; readonly datagram: Uint8Array }
  /** A frame for the owner, who answers with `handled`; the next one comes then. */
  | { readonly kind: 'frame'; readonly frame: Uint8Array }
  /** What had become too much has gone down to half of it. */
  | { readonly kind: 'drained' }
  /** Once, and not before `begin`. */
  | { readonly kind: 'closed'; readonly reason: AssociationEnd }
  /** Once, the last one: nothing more is sent or taken. */
  | { readonly kind: 'gone' };

/** What an association needs of the multicast stream of its own end. */
export interface StreamOfEnd {
  readonly again: (number: number, bits: Uint8Array, now: number) => readonly Outgoing[];
  /** Whether an answer to this beacon is one to a recent beacon. */
  readonly isFresh: (beacon: number) => boolean;
}

export interface AssociationOptions {
  readonly id: Uint8Array;
  readonly datagramBytes: number;
  /** Largest frame that is taken at first. */
  readonly frameLimit: number;
  /** With more bytes than this the owner does well to wait for `drained`. */
  readonly highWaterMark: number;
  /** After so much the peer is told that it has arrived. */
  readonly echoEveryBytes: number;
  /** Shared by all associations of a process. */
  readonly budget: Budget;
  readonly counters: UdpCounters;
  /** The multicast stream of this end, if the peer is in the same group. */
  readonly stream?: StreamOfEnd | undefined;
}
