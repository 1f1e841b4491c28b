import { Packr, REUSE_BUFFER_MODE } from 'msgpackr';
import { LENGTH_BYTES } from './frame.js';
import type { Outlet } from './outlet.js';

/** A message as the `msg` form knows it at every hop. */
export interface RelayMessage {
  /**
   * Given by the leader. On the way there 0, or for who enters a barrier of n members: n; the leader
   * keeps such messages until the nth, which it numbers and sends to all.
   */
  readonly number: number;
  readonly data: Uint8Array;
}

const packr = new Packr({ useRecords: false });

/** Encodes one message as a frame into the outlet. */
export function encodeMessage(message: RelayMessage, outlet: Outlet): void {
  const scratch = packr.pack([message.number, message.data], REUSE_BUFFER_MODE) as Scratch;
  const length = scratch.end - scratch.start;
  const at = outlet.reserve(LENGTH_BYTES + length);
  outlet.slab.writeUInt32LE(length, at);
  scratch.copy(outlet.slab, at + LENGTH_BYTES, scratch.start, scratch.end);
}

/** In its reuse mode msgpackr returns its own buffer, with the place of the result written on it. */
type Scratch = Buffer & { readonly start: number; readonly end: number };

/** Decodes the frame's body; undefined for a greeting. `data` is a view of the bytes received. */
export function decodeMessage(run: Buffer, start: number, end: number): RelayMessage | undefined {
  if (end - start === LENGTH_BYTES) return undefined;
  // Only the relay's own processes write to these sockets. A slice per message would cost msgpackr
  // a DataView each, which halves its speed: hence start and end.
  const place = { start: start + LENGTH_BYTES, end };
  const [number, data] = packr.unpack(run, place) as [number, Buffer];
  return { number, data };
}
