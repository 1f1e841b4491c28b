import { createHash } from 'node:crypto';

// What members of a replicated state send each other: actions, and the pieces in which a newcomer gets the
// state. All of it goes through the one order of the group, so every message has its place among actions.

/** An action; `number` tells the sender which of its calls it was. */
export interface ActionFrame {
  readonly kind: 'action';
  readonly number: number;
  readonly body: Uint8Array;
}

/** The state as it is at this place of the order will follow in pieces. */
export interface BeginFrame {
  readonly kind: 'begin';
  readonly to: string;
}

export interface PieceFrame {
  readonly kind: 'piece';
  readonly to: string;
  readonly index: number;
  readonly count: number;
  /** Of the whole state. */
  readonly digest: string;
  readonly body: Uint8Array;
}

export type Frame = ActionFrame | BeginFrame | PieceFrame;

/** A fraction of the longest message, so that actions get their turn in between. */
export const PIECE_BYTES: number = 256 * 1024;

const TAGS = { action: 1, begin: 2, piece: 3 } as const;
const text = new TextEncoder();
const fromText = new TextDecoder();

export function encodeAction(number: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + body.length);
  frame[0] = TAGS.action;
  new DataView(frame.buffer).setUint32(1, number);
  frame.set(body, 5);
  return frame;
}

export function encodeBegin(to: string): Uint8Array {
  return withHeader(TAGS.begin, { to }, new Uint8Array());
}

export function encodePiece({ body, kind: _kind, ...header }: PieceFrame): Uint8Array {
  return withHeader(TAGS.piece, header, body);
}

function withHeader(tag: number, header: object, body: Uint8Array): Uint8Array {
  const head = text.encode(JSON.stringify(header));
  const frame = new Uint8Array(5 + head.length + body.length);
  frame[0] = tag;
  new DataView(frame.buffer).setUint32(1, head.length);
  frame.set(head, 5);
  frame.set(body, 5 + head.length);
  return frame;
}

/** Undefined: nothing that a member of this version sends. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < 5) return undefined;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (bytes[0] === TAGS.action) return { kind: 'action', number, body: bytes.subarray(5) };
  const body = bytes.subarray(5 + number);
  const header = headerOf(bytes.subarray(5, 5 + number));
  if (typeof header?.to !== 'string') return undefined;
  if (bytes[0] === TAGS.begin) return { kind: 'begin', to: header.to };
  const { to, index, count, digest } = header;
  if (bytes[0] !== TAGS.piece || typeof digest !== 'string') return undefined;
  if (!isCount(index) || !isCount(count) || index >= count) return undefined;
  return { kind: 'piece', to, index, count, digest, body };
}

interface Header {
  readonly to?: unknown;
  readonly index?: unknown;
  readonly count?: unknown;
  readonly digest?: unknown;
}

function headerOf(bytes: Uint8Array): Header | undefined {
  try {
    const header: unknown = JSON.parse(fromText.decode(bytes));
    return typeof header === 'object' && header !== null ? header : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The state in frames for one newcomer; an empty one is a piece as well. */
export function piecesFor(to: string, state: Uint8Array): readonly PieceFrame[] {
  const digest = digestOf(state);
  const count = Math.max(1, Math.ceil(state.length / PIECE_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const body = state.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    return { kind: 'piece', to, index, count, digest, body };
  });
}
