/**
 * A relay frame: 4 bytes length of what follows, little endian, then the body. In `msg` form the
 * body is a msgpackr array, in `frame` form the sequence number (4 bytes) and the message. An empty
 * body is the greeting of whoever accepted a connection.
 */
export const LENGTH_BYTES = 4;

/** Place of the message in a `frame` form frame. */
export const FRAME_HEADER_BYTES = LENGTH_BYTES + 4;

/** A larger frame is taken for a broken stream. */
export const FRAME_BYTES_MAX = 2 * 1024 * 1024;

/** What a connection starts with, so that its opener knows it was accepted. */
export const GREETING = Buffer.alloc(LENGTH_BYTES);

/** Length of the whole frame that starts at `start`. Throws when it cannot be one. */
export function frameLength(bytes: Buffer, start: number): number {
  const length = LENGTH_BYTES + bytes.readUInt32LE(start);
  if (length > FRAME_BYTES_MAX) throw new Error(`frame of ${length} bytes`);
  return length;
}

/** Calls `visit` with start and end of every frame; `run` must consist of whole frames. */
export function eachFrame(run: Buffer, visit: (start: number, end: number) => void): void {
  let start = 0;
  while (start < run.length) {
    const end = start + frameLength(run, start);
    visit(start, end);
    start = end;
  }
}
