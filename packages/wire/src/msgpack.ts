import { Packr, Unpackr } from 'msgpackr';
import { type Decoded, decoded, undecodable } from './decoded.js';

// The options are frozen: they are part of the wire format and pinned by golden bytes.
// `skipValues` is missing in msgpackr's types: a key whose value is undefined is left out.
const options = { useRecords: false, variableMapSize: true, skipValues: [undefined] };
const packr = new Packr(options);
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/** The only place that knows msgpackr; its result is an ordinary, freshly owned byte array. */
export function pack(value: unknown): Uint8Array {
  return packr.pack(value) as Uint8Array;
}

/** Reads one value that fills the bytes exactly; whatever comes out still has to be validated. */
export function unpack(bytes: Uint8Array): Decoded<unknown> {
  try {
    return decoded(unpackr.unpack(bytes) as unknown);
  } catch (error) {
    return undecodable(`not msgpack: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}
