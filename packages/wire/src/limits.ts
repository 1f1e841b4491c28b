/** Sizes that both sides of a connection rely on (`client-api.md`, Limits; `command-line.md`, Handshake). */
export const LIMITS = {
  /** Bytes of a frame before WELCOME. */
  handshakeFrame: 16 * 1024,
  /** Milliseconds in which the other side's first frame must be here. */
  handshakeTimeoutMs: 5_000,
  /** Bytes of a frame after WELCOME: 2 MiB and room for headers. */
  frame: 2 * 1024 * 1024 + 4096,
  groupName: 255,
  instance: 64,
  stateValue: 64 * 1024,
  message: 1024 * 1024,
  /** Messages that travel as one, and the bytes that they are with their lengths. */
  bundleMessages: 256,
  bundleBytes: 64 * 1024,
  attributeValue: 1024,
  reason: 1024,
  /** Of one provider, in bytes of all names and texts; of all in one list. */
  labels: 1024,
  groupLabels: 1024 * 1024,
  membershipsPerProcess: 1024,
  /** Proposals of one process that have no answer yet. */
  pendingProposals: 10_000,
  pendingProposalBytes: 64 * 1024 * 1024,
} as const;

/**
 * How large an operator may make what processes propose. One vote may carry a message and a state value, one
 * proposal two state values, and a ballot shows two of them beside a list with all of its labels: each has to fit
 * into a frame, with room for what is around them.
 */
export const LARGEST = {
  message: 1536 * 1024,
  stateValue: 256 * 1024,
  attributeValue: LIMITS.attributeValue,
  reason: LIMITS.reason,
  membershipsPerProcess: LIMITS.membershipsPerProcess,
} as const;

/** Limits that a daemon announces to its clients in WELCOME. */
export interface ClientLimits {
  readonly stateValue: number;
  readonly message: number;
  readonly attributeValue: number;
  readonly reason: number;
  readonly membershipsPerProcess: number;
}

// Without Node or DOM types the encoder is not known to the compiler; its size rule is easy to state.
/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
