import type { Rng } from '@group-services/core';
import { Packr, Unpackr } from 'msgpackr';

/**
 * Makes broken input out of good input. A frame that says what it holds (its first byte is 1, the rest is
 * msgpack) and JSON are taken apart, changed where their schema has a value, and put together again, so
 * that the validation behind the reading is reached; everything else is changed byte by byte.
 */

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

const CONTROL = 1;
/** `{` */
const OBJECT = 0x7b;

/** Values at which checks have their edges. */
const EDGES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  '',
  '\u0000',
  '../..',
  '__proto__',
  'x'.repeat(300),
  [],
  {},
  new Uint8Array(0),
];

/** One broken input, now and then two good ones mixed. */
export function mutated(rng: Rng, corpus: readonly Uint8Array[]): Uint8Array {
  const original = rng.pick(corpus);
  const tree = rng.chance(0.5) ? treeOf(original) : undefined;
  const base = tree === undefined ? original : tree.put(changed(rng, tree.value, 0));
  return rng.chance(tree === undefined ? 1 : 0.3)
    ? bytesChanged(rng, base, rng.pick(corpus))
    : base;
}

/** What the input says, and how another value is said in its place. */
interface Tree {
  readonly value: unknown;
  readonly put: (value: unknown) => Uint8Array;
}

function treeOf(input: Uint8Array): Tree | undefined {
  try {
    if (input[0] === CONTROL) {
      const value: unknown = unpackr.unpack(input.subarray(1));
      return { value, put: (other) => withHead(input, packr.pack(other)) };
    }
    if (input[0] !== OBJECT) return undefined;
    const value: unknown = JSON.parse(new TextDecoder().decode(input));
    return { value, put: (other) => new TextEncoder().encode(JSON.stringify(other)) };
  } catch {
    // It only begins like that.
    return undefined;
  }
}

function withHead(original: Uint8Array, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(body.length + 1);
  frame[0] = original[0] ?? CONTROL;
  frame.set(body, 1);
  return frame;
}

/** The same tree with one or more values of another kind, keys that are missing, double or foreign. */
function changed(rng: Rng, value: unknown, depth: number): unknown {
  if (rng.chance(depth === 0 ? 0.02 : 0.15)) return rng.chance(0.1) ? nested(rng) : rng.pick(EDGES);
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => changed(rng, item, depth + 1));
    if (items.length > 0 && rng.chance(0.2)) items.push(...items.slice(0, rng.between(1, 100)));
    return items;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    return rng.chance(0.1) ? rng.pick(EDGES) : value;
  }
  const entries = Object.entries(value)
    .filter(() => !rng.chance(0.05))
    .map(([key, item]): [string, unknown] => [key, changed(rng, item, depth + 1)]);
  if (rng.chance(0.05)) entries.push([`${rng.pick(EDGES)}`, rng.pick(EDGES)]);
  return Object.fromEntries(entries);
}

function nested(rng: Rng): unknown {
  let value: unknown = 0;
  for (let depth = rng.between(1, 200); depth > 0; depth -= 1) {
    value = rng.chance(0.5) ? [value] : { a: value };
  }
  return value;
}

function bytesChanged(rng: Rng, original: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = original;
  for (let edits = rng.between(1, 4); edits > 0; edits -= 1) bytes = edited(rng, bytes, other);
  return bytes;
}

function edited(rng: Rng, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = rng.between(0, bytes.length);
  switch (rng.between(0, 4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return joined(bytes.subarray(0, at), other.subarray(rng.between(0, other.length)));
    case 2:
      return joined(
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + rng.between(1, 8))),
      );
    case 3:
      return joined(bytes.subarray(0, at), randomBytes(rng), bytes.subarray(at));
    default: {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) copy[Math.min(at, copy.length - 1)] = rng.between(0, 255);
      return copy;
    }
  }
}

function randomBytes(rng: Rng): Uint8Array {
  // Lengths of msgpack and of frames are what readers believe most easily.
  const lengths = [0xdc, 0xdd, 0xde, 0xdf, 0xc4, 0xc6, 0xd9, 0xdb, 0xff, 0x7f];
  const length = rng.between(1, 6);
  return Uint8Array.from({ length }, () =>
    rng.chance(0.3) ? rng.pick(lengths) : rng.between(0, 255),
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
