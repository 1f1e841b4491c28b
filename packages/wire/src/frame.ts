import { type Decoded, decoded, undecodable } from './decoded.js';
import { pack, unpack } from './msgpack.js';

/**
 * A frame ready for a link: `head` is a scratch buffer that the next encoding overwrites, `tail` is
 * the payload as it was received or given, forwarded without a copy.
 */
export interface EncodedFrame {
  readonly head: Uint8Array;
  readonly tail?: Uint8Array | undefined;
}

/** The first byte of every frame says how the rest is to be read. */
export const FRAME = {
  /** A msgpack map with a `kind`. */
  control: 0x01,
  /** A sign of life between a process and its daemon: the type byte alone. */
  keepAlive: 0x02,
  data: 0x10,
  submit: 0x11,
  request: 0x12,
  reply: 0x13,
  ack: 0x14,
  sync: 0x15,
  nack: 0x16,
  received: 0x17,
  fetched: 0x18,
  /** A group's envelope followed by a msgpack map. */
  groupControl: 0x1f,
  /** A one-phase provider message from a client. */
  send: 0x20,
  /** A one-phase provider message to a client. */
  message: 0x21,
  /** Votes, from a client and to the leader. */
  vote: 0x22,
  /** The START of a protocol that changes no list and no attribute. */
  start: 0x23,
  /** The RESULT of a voting phase. */
  result: 0x24,
  /** An approved protocol, to a client. */
  approved: 0x25,
  /** A voting phase, to a client. */
  ballot: 0x26,
  /** Several one-phase provider messages: from a client, as a body, to a client. */
  bundle: 0x27,
} as const;

const PROBLEM_TEXT_MAX = 256;

interface ValidationError {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly code?: string | undefined;
    readonly expected?: unknown;
  }[];
}

/** What a validator must offer; every zod schema does. */
export interface Validator<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: ValidationError };
}

/** A control frame: one type byte, then msgpack. */
export function encodeControl(message: object): EncodedFrame {
  const body = pack(message);
  const head = new Uint8Array(1 + body.length);
  head[0] = FRAME.control;
  head.set(body, 1);
  return { head };
}

/** Reads a control frame of one family. */
export function decodeControl<T>(frame: Uint8Array, schema: Validator<T>): Decoded<T> {
  if (frame[0] !== FRAME.control) return undecodable(`unexpected frame type ${frame[0]}`);
  return unpackValid(frame.subarray(1), schema);
}

/** Unpacks and validates in one go. */
export function unpackValid<T>(bytes: Uint8Array, schema: Validator<T>): Decoded<T> {
  const unpacked = unpack(bytes);
  if (!unpacked.ok) return unpacked;
  const parsed = schema.safeParse(unpacked.value);
  return parsed.success ? decoded(parsed.data) : undecodable(firstIssue(parsed.error));
}

/** One line, however much is wrong: the text goes into logs and into the reason for closing. */
function firstIssue(error: ValidationError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'invalid message';
  const place = issue.path.map(String).join('.');
  // The schemas have no texts for people: those of a language weigh as much as half of the client.
  const { expected, code = 'unknown' } = issue;
  const what = typeof expected === 'string' ? `expected ${expected}` : code.replaceAll('_', ' ');
  return `invalid ${place === '' ? 'message' : place}: ${what}`.slice(0, PROBLEM_TEXT_MAX);
}

/** One contiguous array of a frame, for links that want it so and for tests. */
export function joinFrame(frame: EncodedFrame): Uint8Array {
  const tail = frame.tail;
  const whole = new Uint8Array(frame.head.length + (tail?.length ?? 0));
  whole.set(frame.head);
  if (tail !== undefined) whole.set(tail, frame.head.length);
  return whole;
}
