import { invariant } from '@group-services/core';

import type { OutgoingFrame } from './contract.js';
import { PREFIX_BYTES } from './frame-splitter.js';

/** Frames up to this size are copied whole; a larger one's tail is passed on by reference. */
const COPIED_BYTES_MAX = 16 * 1024;
/** A slab grows with what is written at once: an idle link keeps little memory. */
const SLAB_BYTES_MIN = 4 * 1024;
const SLAB_BYTES_MAX = 64 * 1024;
/** Pieces that were taken are cut off their list when there are so many. */
const CUT_AFTER = 64;
/** Where a frame ends is noted once in so many bytes. */
const SEAM_BYTES = 16 * 1024;
const FRAME_BYTES_MAX = 0xffff_ffff;

const NOTHING = Buffer.alloc(0);

/**
 * Gathers outgoing frames, each behind its length, into few pieces for one write.
 *
 * Small frames are copied next to each other into a slab. Bytes of a slab that were taken are never
 * written again, since the operating system may still read them; the rest of the slab is used on.
 *
 * Some of the places where a frame ends are noted as seams: what has to pass what waits goes in there.
 */
export class FrameWriter {
  #slab = NOTHING;
  /** The slab's bytes from here to `#end` are filled and not yet in `#pieces`. */
  #start = 0;
  #end = 0;
  /** What is sealed, from `#first` on. */
  #pieces: Uint8Array[] = [];
  #first = 0;
  #bytes = 0;
  /** How many bytes have been taken in all. */
  #taken = 0;
  /** Where frames end, counted like `#taken`, from `#firstSeam` on. */
  #seams: number[] = [];
  #firstSeam = 0;
  #lastSeam = 0;
  #isWithinFrame = false;
  #nextSlabBytes = SLAB_BYTES_MIN;

  /** Bytes gathered since the last {@link take}, length prefixes included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many bytes of the frame that was begun have to be taken before another writer's frame may follow. */
  get bytesToSeam(): number {
    if (!this.#isWithinFrame) return 0;
    const seam = this.#seams[this.#firstSeam];
    return seam === undefined ? this.#bytes : seam - this.#taken;
  }

  append(frame: OutgoingFrame): void {
    const { head, tail } = frame;
    const tailBytes = tail === undefined ? 0 : tail.length;
    const frameBytes = head.length + tailBytes;
    invariant(frameBytes > 0, 'a frame has at least one byte');
    invariant(frameBytes <= FRAME_BYTES_MAX, 'the length of a frame fits into its prefix');
    const copiesTail = frameBytes <= COPIED_BYTES_MAX;
    this.#noteSeam();
    const copiedBytes = PREFIX_BYTES + (copiesTail ? frameBytes : head.length);
    if (this.#slab.length - this.#end < copiedBytes) this.#replaceSlab(copiedBytes);

    const slab = this.#slab;
    const headAt = slab.writeUInt32BE(frameBytes, this.#end);
    slab.set(head, headAt);
    this.#end += copiedBytes;
    this.#bytes += PREFIX_BYTES + frameBytes;
    if (tail === undefined || tailBytes === 0) return;
    if (copiesTail) {
      slab.set(tail, headAt + head.length);
    } else {
      this.#seal();
      this.#pieces.push(tail);
    }
  }

  /**
   * What was gathered, in order, in as few pieces as possible: all of it, or no more than its first `max`
   * bytes, up to the end of a frame if one is noted there.
   */
  take(max: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    this.#seal();
    const wanted = Math.max(SLAB_BYTES_MIN, Math.min(2 * this.#bytes, SLAB_BYTES_MAX));
    this.#nextSlabBytes = wanted;
    if (this.#bytes > max) return this.#takeSome(max);
    if (this.#first > 0) this.#cut();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#taken += this.#bytes;
    this.#bytes = 0;
    this.#seams = [];
    this.#firstSeam = 0;
    this.#isWithinFrame = false;
    return pieces;
  }

  /** Drops what was gathered, but for the rest of a frame that was begun. */
  drop(): void {
    const rest = this.take(this.bytesToSeam);
    this.take();
    this.#pieces = [...rest];
    this.#bytes = rest.reduce((sum, piece) => sum + piece.length, 0);
    this.#isWithinFrame = this.#bytes > 0;
  }

  #noteSeam(): void {
    const at = this.#taken + this.#bytes;
    if (this.#bytes === 0) this.#lastSeam = at;
    if (at - this.#lastSeam < SEAM_BYTES) return;
    this.#seams.push(at);
    this.#lastSeam = at;
  }

  /** Forgets the seams up to the last one that is not beyond `max` bytes; how many bytes to take. */
  #passSeams(max: number): number {
    const upTo = this.#taken + max;
    let seam: number | undefined;
    while ((this.#seams[this.#firstSeam] ?? Number.POSITIVE_INFINITY) <= upTo) {
      seam = this.#seams[this.#firstSeam];
      this.#firstSeam += 1;
    }
    if (this.#firstSeam >= CUT_AFTER) {
      this.#seams = this.#seams.slice(this.#firstSeam);
      this.#firstSeam = 0;
    }
    if (max > 0) this.#isWithinFrame = seam === undefined;
    return seam === undefined ? max : seam - this.#taken;
  }

  #takeSome(max: number): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    const wanted = this.#passSeams(max);
    let room = wanted;
    while (room > 0 && this.#first < this.#pieces.length) {
      const piece = this.#pieces[this.#first] as Uint8Array;
      const part = piece.length <= room ? piece : piece.subarray(0, room);
      taken.push(part);
      room -= part.length;
      if (part === piece) this.#first += 1;
      else this.#pieces[this.#first] = piece.subarray(part.length);
    }
    if (this.#first >= CUT_AFTER) this.#cut();
    this.#bytes -= wanted - room;
    this.#taken += wanted - room;
    return taken;
  }

  #cut(): void {
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
  }

  #seal(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  #replaceSlab(bytesNeeded: number): void {
    this.#seal();
    // While one write's worth is gathered, the slabs double, so that it does not fall to pieces.
    const wanted = Math.max(this.#nextSlabBytes, Math.min(2 * this.#slab.length, this.#bytes));
    const size = Math.max(bytesNeeded, Math.min(wanted, SLAB_BYTES_MAX));
    // Not from Node's shared pool: a slab belongs to one link and is handed out in long pieces.
    this.#slab = Buffer.allocUnsafeSlow(size);
    this.#start = 0;
    this.#end = 0;
  }
}
