/**
 * A member's view of the system under test. Handed over as bytes with a place, so that a system
 * that delivers out of a larger buffer need not make an object per message.
 */
export type DeliveryHandler = (bytes: Uint8Array, offset: number) => void;

export interface Endpoint {
  /** Multicasts one message. Has taken the bytes when it returns; the caller uses them again. */
  send(message: Uint8Array): void;
}
