import { frameLength, LENGTH_BYTES } from './frame.js';

/**
 * Cuts a byte stream into runs of whole frames. A run is a slice of the chunk received; only a
 * frame that lies over the edge of two chunks is copied together.
 */
export class FrameSplitter {
  readonly #onRun: (run: Buffer) => void;
  #partial: Buffer = EMPTY;

  constructor(onRun: (run: Buffer) => void) {
    this.#onRun = onRun;
  }

  /** Throws when the stream cannot be one of frames; it must not be used any more then. */
  push(chunk: Buffer): void {
    const rest = this.#partial.length > 0 ? this.#finishPartial(chunk) : chunk;
    let end = 0;
    while (end + LENGTH_BYTES <= rest.length) {
      const next = end + frameLength(rest, end);
      if (next > rest.length) break;
      end = next;
    }
    if (end > 0) this.#onRun(rest.subarray(0, end));
    if (end < rest.length) this.#partial = rest.subarray(end);
  }

  /** Completes the frame carried over; returns what of the chunk is left. */
  #finishPartial(chunk: Buffer): Buffer {
    const partial = this.#partial;
    if (partial.length + chunk.length < LENGTH_BYTES) {
      this.#partial = Buffer.concat([partial, chunk]);
      return EMPTY;
    }
    const head = Buffer.concat([partial, chunk.subarray(0, LENGTH_BYTES)]);
    const missing = frameLength(head, 0) - partial.length;
    if (missing > chunk.length) {
      this.#partial = Buffer.concat([partial, chunk]);
      return EMPTY;
    }
    this.#partial = EMPTY;
    this.#onRun(Buffer.concat([partial, chunk.subarray(0, missing)]));
    return chunk.subarray(missing);
  }
}

const EMPTY = Buffer.alloc(0);
