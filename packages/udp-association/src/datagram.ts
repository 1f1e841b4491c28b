import { invariant } from '@group-services/core';

import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';

/**
 * Datagrams: magic and version (3 bytes), type (1), the id of an association or of a multicast stream
 * (8), then what the type needs. All numbers are big-endian. What is not exactly like this is dropped.
 */

export const HEADER_BYTES = 12;
/** Where a datagram with frames says its position in what the sender sends. */
const POSITION_AT = HEADER_BYTES;
/** Before the frames of a datagram: the position. */
export const FRAMES_BYTES: number = HEADER_BYTES + 4;
/** Before each frame of a datagram that holds whole frames: its length. */
export const LENGTH_BYTES = 2;
/** Before a fragment: position, flags, number, total length, index, fragment size. */
export const FRAGMENT_BYTES: number = FRAMES_BYTES + 1 + 4 + 4 + 2 + 2;
/** Largest number of fragments of one frame. */
export const FRAGMENTS_MAX = 8192;
/** Addressees of one multicast datagram. */
export const TARGETS_MAX = 64;
export const ID_BYTES = 8;
/** Bytes that may be under way to one end, at most. */
export const WINDOW_MAX: number = 256 * 1024;
const OPEN_BYTES: number = HEADER_BYTES + 2 * ID_BYTES + 4;

const MAGIC = 0x4753;
const VERSION = 1;

export const DATAGRAM = {
  /**
   * Dialler: a cookie (zeros at first), the id of its multicast stream (zeros: none), and how many
   * bytes may be under way to it.
   */
  open: 0x01,
  /** Listener: the cookie that shows that the dialler is where it says. */
  cookie: 0x02,
  /** Listener: the link stands; how many bytes may be under way to it. */
  accept: 0x03,
  /** Nobody listens, or the association is not known (any more); a code. */
  refuse: 0x04,
  /** Whole frames. */
  frames: 0x05,
  fragment: 0x06,
  /** A reliable frame is here. */
  confirm: 0x07,
  /** Fragments that are wanted again. */
  missing: 0x08,
  /** Asks for `echo`. */
  ping: 0x09,
  /** Up to which position everything was taken or is lost. */
  echo: 0x0a,
  /** The sender closes the link; a code. */
  bye: 0x0b,
  byeReceived: 0x0c,
  /** Multicast: shows who hears the group; a count. */
  beacon: 0x0d,
  /** The answer to a beacon, to its sender alone. */
  seen: 0x0e,
  /** Multicast: whole frames, and a fragment, for the associations named. */
  castFrames: 0x0f,
  castFragment: 0x10,
} as const;

export type DatagramType = (typeof DATAGRAM)[keyof typeof DATAGRAM];

const TYPES: ReadonlySet<number> = new Set(Object.values(DATAGRAM));

export const REFUSE = { notListening: 1, unknown: 2, full: 3 } as const;
export const BYE = { orderly: 0, aborted: 1 } as const;

/** The frame is to be confirmed. */
export const RELIABLE = 1;
/** The number is one of the sender's multicast stream. */
export const OF_STREAM = 2;

/** Starts a datagram of this many bytes with its header. */
export function datagram(type: DatagramType, id: Uint8Array, bytes: number): Uint8Array {
  return startDatagram(new Uint8Array(bytes), type, id);
}

/** Writes the header of a datagram. */
export function startDatagram(made: Uint8Array, type: DatagramType, id: Uint8Array): Uint8Array {
  invariant(id.length === ID_BYTES, 'an id has eight bytes');
  writeUint16(made, 0, MAGIC);
  made[2] = VERSION;
  made[3] = type;
  made.set(id, 4);
  return made;
}

/** A datagram that carries one number. */
export function numberDatagram(type: DatagramType, id: Uint8Array, value: number): Uint8Array {
  const made = datagram(type, id, HEADER_BYTES + 4);
  writeUint32(made, HEADER_BYTES, value);
  return made;
}

/** A datagram that carries one byte, a code. */
export function codeDatagram(type: DatagramType, id: Uint8Array, code: number): Uint8Array {
  const made = datagram(type, id, HEADER_BYTES + 1);
  made[HEADER_BYTES] = code;
  return made;
}

/** What a dialler says to open an association. */
export interface Opening {
  readonly cookie: Uint8Array;
  readonly stream: Uint8Array;
  readonly window: number;
}

/** No cookie yet, or no multicast stream. */
export const NO_ID: Uint8Array = new Uint8Array(ID_BYTES);

export function openDatagram(id: Uint8Array, { cookie, stream, window }: Opening): Uint8Array {
  const made = datagram(DATAGRAM.open, id, OPEN_BYTES);
  made.set(cookie, HEADER_BYTES);
  made.set(stream, HEADER_BYTES + ID_BYTES);
  writeUint32(made, OPEN_BYTES - 4, window);
  return made;
}

export function readOpening(bytes: Uint8Array): Opening | undefined {
  if (bytes.length !== OPEN_BYTES) return undefined;
  const window = readUint32(bytes, OPEN_BYTES - 4);
  if (window === 0) return undefined;
  return {
    cookie: bytes.subarray(HEADER_BYTES, HEADER_BYTES + ID_BYTES),
    stream: new Uint8Array(bytes.subarray(HEADER_BYTES + ID_BYTES, OPEN_BYTES - 4)),
    window,
  };
}

export function cookieDatagram(id: Uint8Array, cookie: Uint8Array): Uint8Array {
  const made = datagram(DATAGRAM.cookie, id, HEADER_BYTES + ID_BYTES);
  made.set(cookie, HEADER_BYTES);
  return made;
}

export function readCookie(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === HEADER_BYTES + ID_BYTES ? bytes.subarray(HEADER_BYTES) : undefined;
}

/** The type of a datagram of ours, or undefined for anything else. */
export function typeOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEADER_BYTES || readUint16(bytes, 0) !== MAGIC || bytes[2] !== VERSION) {
    return undefined;
  }
  const type = bytes[3];
  return type !== undefined && TYPES.has(type) ? type : undefined;
}

/** The id as bytes. */
export function idOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(4, HEADER_BYTES);
}

/** The same as a key of maps. */
export function keyOf(id: Uint8Array): string {
  return keyAt(id, 0);
}

/** The key of the association or stream that a datagram names. */
export function keyIn(datagram: Uint8Array): string {
  return keyAt(datagram, HEADER_BYTES - ID_BYTES);
}

function keyAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(
    readUint16(bytes, at),
    readUint16(bytes, at + 2),
    readUint16(bytes, at + 4),
    readUint16(bytes, at + 6),
  );
}

/** The one number behind the header, or undefined when the datagram has another length. */
export function numberOf(bytes: Uint8Array): number | undefined {
  return bytes.length === HEADER_BYTES + 4 ? readUint32(bytes, HEADER_BYTES) : undefined;
}

export function codeOf(bytes: Uint8Array): number | undefined {
  return bytes.length === HEADER_BYTES + 1 ? bytes[HEADER_BYTES] : undefined;
}

export function setPosition(bytes: Uint8Array, position: number): void {
  writeUint32(bytes, POSITION_AT, position);
}

/** Calls `take` for each frame of a datagram, from `at` on; false when the lengths do not fit. */
export function eachFrame(
  bytes: Uint8Array,
  at: number,
  take: (frame: Uint8Array) => void,
): boolean {
  for (let next = at; next < bytes.length; ) {
    if (next + LENGTH_BYTES > bytes.length) return false;
    const end = next + LENGTH_BYTES + readUint16(bytes, next);
    if (end > bytes.length || end === next + LENGTH_BYTES) return false;
    take(bytes.subarray(next + LENGTH_BYTES, end));
    next = end;
  }
  return bytes.length > at;
}

/** One fragment of a frame. */
export interface Fragment {
  readonly flags: number;
  readonly number: number;
  /** Bytes of the whole frame. */
  readonly total: number;
  readonly index: number;
  /** Bytes of every fragment but the last. */
  readonly size: number;
  readonly content: Uint8Array;
}

/** Fragments of a frame of this length. */
export function fragmentCount(total: number, size: number): number {
  return Math.ceil(total / size);
}

/** Writes what stands between the position and the content of a fragment. */
export function writeFragmentHead(
  into: Uint8Array,
  at: number,
  head: Omit<Fragment, 'content'>,
): void {
  into[at] = head.flags;
  writeUint32(into, at + 1, head.number);
  writeUint32(into, at + 5, head.total);
  writeUint16(into, at + 9, head.index);
  writeUint16(into, at + 11, head.size);
}

/** Reads a fragment whose flags stand at `at`; undefined when anything about it cannot be. */
export function readFragment(bytes: Uint8Array, at: number): Fragment | undefined {
  if (bytes.length <= at + FRAGMENT_BYTES - FRAMES_BYTES) return undefined;
  const flags = bytes[at] ?? 0;
  const number = readUint32(bytes, at + 1);
  const total = readUint32(bytes, at + 5);
  const index = readUint16(bytes, at + 9);
  const size = readUint16(bytes, at + 11);
  const content = bytes.subarray(at + FRAGMENT_BYTES - FRAMES_BYTES);
  if ((flags & ~(RELIABLE | OF_STREAM)) !== 0 || total === 0 || size === 0) return undefined;
  const count = fragmentCount(total, size);
  if (count > FRAGMENTS_MAX || index >= count) return undefined;
  if (content.length !== Math.min(size, total - index * size)) return undefined;
  return { flags, number, total, index, size, content };
}

/** A datagram that asks for the fragments whose bit is set. */
export function missingDatagram(
  id: Uint8Array,
  ask: { readonly flags: number; readonly number: number; readonly bits: Uint8Array },
): Uint8Array {
  const made = datagram(DATAGRAM.missing, id, HEADER_BYTES + 5 + ask.bits.length);
  made[HEADER_BYTES] = ask.flags;
  writeUint32(made, HEADER_BYTES + 1, ask.number);
  made.set(ask.bits, HEADER_BYTES + 5);
  return made;
}

export function readMissing(
  bytes: Uint8Array,
): { readonly flags: number; readonly number: number; readonly bits: Uint8Array } | undefined {
  if (bytes.length <= HEADER_BYTES + 5) return undefined;
  const flags = bytes[HEADER_BYTES] ?? 0;
  const bits = bytes.subarray(HEADER_BYTES + 5);
  if ((flags & ~OF_STREAM) !== 0 || bits.length > FRAGMENTS_MAX / 8) return undefined;
  return { flags, number: readUint32(bytes, HEADER_BYTES + 1), bits };
}

/** Where the frames of a multicast datagram begin, if `token` is among its addressees. */
export function castContentAt(bytes: Uint8Array, token: number): number | undefined {
  const count = bytes[HEADER_BYTES] ?? 0;
  const end = HEADER_BYTES + 1 + 4 * count;
  if (count === 0 || count > TARGETS_MAX || end >= bytes.length) return undefined;
  for (let at = HEADER_BYTES + 1; at < end; at += 4) {
    if (readUint32(bytes, at) === token) return end;
  }
  return undefined;
}

/** How an association is named among the addressees of a multicast datagram. */
export function tokenOf(id: Uint8Array): number {
  return readUint32(id, ID_BYTES - 4);
}
