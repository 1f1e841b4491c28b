import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { shapeProblem } from './shape.js';

// The options are frozen: they are part of the wire format and pinned by golden bytes.
// `skipValues` is missing in msgpackr's types: a key whose value is undefined is left out.
const options = { useRecords: false, variableMapSize: true, skipValues: [undefined] };
const packr = new Packr(options);
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/** The only place that knows msgpackr; its result is an ordinary byte array that nobody overwrites. */
export function pack(value: unknown): Uint8Array {
  return plain(packr.pack(value) as Uint8Array);
}

/** Reads one value that fills the bytes exactly; whatever comes out still has to be validated. */
export function unpack(bytes: Uint8Array): Decoded<unknown> {
  const problem = shapeProblem(bytes);
  if (problem !== undefined) return undecodable(`not msgpack: ${problem}`);
  try {
    return decoded(unpackr.unpack(plain(bytes)) as unknown);
  } catch (error) {
    return undecodable(`not msgpack: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}

/**
 * The same memory as an ordinary byte array. Node hands out its own subclass, whose `slice` shares
 * memory instead of copying; byte fields inside a message take the class of what they were read from.
 */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
