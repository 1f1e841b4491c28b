/**
 * A member's view of the system under test. Handed over as bytes with a place, so that a system
 * that delivers out of a larger buffer need not make an object per message.
 */
export type DeliveryHandler = (bytes: Uint8Array, offset: number) => void;

/** Whatever takes bytes here has taken them when it returns; the caller uses them again. */
export interface Endpoint {
  /** Multicasts one message to one of the member's groups, numbered from 0. The relay knows one. */
  send(message: Uint8Array, group: number): void;
  /** Makes the bytes the state value, seen as a delivery. The relay knows messages only. */
  changeState(value: Uint8Array, options: { readonly voted: boolean }): void;
  /** Asks for one barrier of all; one member does. The relay needs nobody to ask. */
  proposeBarrier(): void;
  /** Says that this member has come to the next barrier; a delivery says that all have. */
  enterBarrier(message: Uint8Array, parties: number): void;
}
