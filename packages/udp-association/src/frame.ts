/** One frame to send; head and tail together are 1 byte or more. */
export interface Frame {
  readonly head: Uint8Array;
  readonly tail?: Uint8Array | undefined;
  /** Repeated until the peer has confirmed it, for some seconds, and handed over once. */
  readonly reliable?: boolean | undefined;
  /** Leaves at once, past what waits, if it fits into one datagram. */
  readonly urgent?: boolean | undefined;
}

export function frameLength({ head, tail }: Frame): number {
  return head.length + (tail?.length ?? 0);
}

/** A datagram on its way out. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** When it left last; 0 while it waits. */
  sentAt: number;
}
