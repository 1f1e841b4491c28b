/**
 * One-phase messages of providers, the hot ones, as they travel between a process and its daemon: alone,
 * or several as one. They are written by hand.
 */

/** A one-phase provider message proposed by the holder of `handle`. */
export interface SendMessage {
  readonly kind: 'send';
  readonly handle: number;
  readonly request: number;
  readonly safe: boolean;
  readonly payload: Uint8Array;
}

/** A one-phase provider message delivered to the holder of `handle`. */
export interface DeliveredMessage {
  readonly kind: 'message';
  readonly handle: number;
  readonly position: number;
  /** The sender's provider number (see the view). */
  readonly from: number;
  /** The request of this handle that proposed it; 0 when somebody else did. */
  readonly request: number;
  readonly payload: Uint8Array;
}

/** Several payloads, one after the other; see `bundle.ts`. */
export interface Bundled {
  /** From 2: a single message travels as one. */
  readonly count: number;
  readonly content: Uint8Array;
}

/** From a process: `request` is the number of the first, the others have those that follow. */
export interface SendBundle extends Bundled {
  readonly kind: 'bundle';
  readonly handle: number;
  readonly request: number;
  readonly safe: boolean;
}

/** To the holder of `handle`: `position` is that of the first, `request` its own first one, or 0. */
export interface DeliveredBundle extends Bundled {
  readonly kind: 'bundle';
  readonly handle: number;
  readonly position: number;
  readonly from: number;
  readonly request: number;
}
