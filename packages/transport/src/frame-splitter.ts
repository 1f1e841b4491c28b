import { invariant } from '@group-services/core';

/** Bytes before every frame: its length, big-endian, without themselves. */
export const PREFIX_BYTES = 4;

/** Why a stream of frames cannot be read any further. */
export type FramingViolation =
  | { readonly kind: 'frame-too-large'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'empty-frame' };

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames: push a chunk, then take frames until there is none.
 *
 * A frame that is whole within a chunk is a view into it, without a copy; only one that spans chunks
 * is put together in a buffer of its own. The length is checked before anything is reserved for it.
 * The limit can change between two frames, since each is cut only when it is asked for.
 */
export class FrameSplitter {
  #frameLimit: number;
  #chunk: Buffer = NOTHING;
  /** Start of what is not consumed in the chunk. */
  #at = 0;
  /** The bytes of a length prefix that spans chunks, and how many there are. */
  #prefix = 0;
  #prefixBytes = 0;
  /** A frame that spans chunks, and how much of it is there. */
  #frame: Buffer | undefined;
  #frameBytes = 0;
  #violation: FramingViolation | undefined;

  constructor(frameLimit: number) {
    this.#frameLimit = frameLimit;
  }

  /** Once set, nothing more is read. */
  get violation(): FramingViolation | undefined {
    return this.#violation;
  }

  /** Whether the stream stands between two frames. */
  get isAtBoundary(): boolean {
    const partial = this.#frame !== undefined || this.#prefixBytes > 0;
    return !partial && this.#at === this.#chunk.length;
  }

  setFrameLimit(bytes: number): void {
    this.#frameLimit = bytes;
  }

  /** Gives the next chunk; only after `next` has returned undefined. The chunk must not change. */
  push(chunk: Buffer): void {
    invariant(this.#at === this.#chunk.length, 'a chunk is pushed when the last one is used up');
    if (this.#violation !== undefined) return;
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next frame, or undefined when more bytes are needed or the stream is in violation. */
  next(): Buffer | undefined {
    if (this.#frame === undefined && this.#prefixBytes === 0) {
      const chunk = this.#chunk;
      const start = this.#at + PREFIX_BYTES;
      if (start <= chunk.length) {
        const length = chunk.readUInt32BE(this.#at);
        const end = start + length;
        if (end <= chunk.length && length > 0 && length <= this.#frameLimit) {
          this.#at = end;
          return chunk.subarray(start, end);
        }
      }
    }
    return this.#nextInPieces();
  }

  /** The path for a prefix or frame that spans chunks, and for everything that is refused. */
  #nextInPieces(): Buffer | undefined {
    if (this.#frame === undefined) {
      const length = this.#readPrefix();
      if (length === undefined || !this.#accepts(length)) return undefined;
      this.#frame = Buffer.allocUnsafe(length);
      this.#frameBytes = 0;
    }
    const frame = this.#frame;
    const end = Math.min(this.#at + frame.length - this.#frameBytes, this.#chunk.length);
    frame.set(this.#chunk.subarray(this.#at, end), this.#frameBytes);
    this.#frameBytes += end - this.#at;
    this.#at = end;
    if (this.#frameBytes < frame.length) {
      this.#release();
      return undefined;
    }
    this.#frame = undefined;
    return frame;
  }

  #readPrefix(): number | undefined {
    while (this.#prefixBytes < PREFIX_BYTES) {
      const byte = this.#chunk[this.#at];
      if (byte === undefined) {
        this.#release();
        return undefined;
      }
      this.#prefix = this.#prefix * 256 + byte;
      this.#prefixBytes += 1;
      this.#at += 1;
    }
    const length = this.#prefix;
    this.#prefix = 0;
    this.#prefixBytes = 0;
    return length;
  }

  #accepts(length: number): boolean {
    if (length > this.#frameLimit) {
      this.#violation = { kind: 'frame-too-large', bytes: length, limit: this.#frameLimit };
    } else if (length === 0) {
      this.#violation = { kind: 'empty-frame' };
    } else {
      return true;
    }
    this.#release();
    return false;
  }

  /** Lets go of the chunk, so that an idle link keeps no read buffer alive. */
  #release(): void {
    this.#chunk = NOTHING;
    this.#at = 0;
  }
}
