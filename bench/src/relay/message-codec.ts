import { Packr } from 'msgpackr';
import { LENGTH_BYTES } from './frame.js';
import type { Outlet } from './outlet.js';

/** A message as the `msg` form knows it at every hop. */
export interface RelayMessage {
  /** Given by the leader; 0 on the way there. */
  readonly number: number;
  readonly data: Uint8Array;
}

const packr = new Packr({ useRecords: false });

/** Encodes one message as a frame into the outlet. */
export function encodeMessage(message: RelayMessage, outlet: Outlet): void {
  const body = packr.pack([message.number, message.data]);
  const at = outlet.reserve(LENGTH_BYTES + body.length);
  outlet.slab.writeUInt32LE(body.length, at);
  outlet.slab.set(body, at + LENGTH_BYTES);
}

/** Decodes the frame's body; undefined for a greeting. `data` is a view of the bytes received. */
export function decodeMessage(run: Buffer, start: number, end: number): RelayMessage | undefined {
  if (end - start === LENGTH_BYTES) return undefined;
  // Only the relay's own processes write to these sockets.
  const [number, data] = packr.unpack(run.subarray(start + LENGTH_BYTES, end)) as [number, Buffer];
  return { number, data };
}
