/** Hand-written headers: several times faster than a general codec, and fixed in place. */

const TWO_32 = 4294967296;
/** A writer gives back what it needed beyond this for a large message. */
const KEPT = 64 * 1024;

/** Appends fixed-width big-endian fields to a buffer that grows and is used again. */
export class ByteWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  reset(): this {
    this.#length = 0;
    if (this.#bytes.length > KEPT) this.#use(new Uint8Array(KEPT));
    return this;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  u32(value: number): this {
    this.#room(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
    return this;
  }

  /** A whole number up to 2^53 in 8 bytes. */
  u53(value: number): this {
    this.#room(8);
    this.#view.setUint32(this.#length, Math.floor(value / TWO_32));
    this.#view.setUint32(this.#length + 4, value % TWO_32);
    this.#length += 8;
    return this;
  }

  /** A text of ASCII characters, at most 255, behind its length. */
  ascii(text: string): this {
    this.#room(1 + text.length);
    this.#bytes[this.#length++] = text.length;
    for (let i = 0; i < text.length; i += 1) this.#bytes[this.#length++] = text.charCodeAt(i);
    return this;
  }

  /** One of a list of words, as its place in it. */
  oneOf<T extends string>(words: readonly T[], word: T): this {
    return this.u8(words.indexOf(word));
  }

  /** Bytes behind their length in 4 bytes. */
  blob(bytes: Uint8Array): this {
    return this.u32(bytes.length).bytes(bytes);
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** A copy of what was written. */
  copy(slabs: Slabs): Uint8Array {
    const copy = slabs.take(this.#length);
    copy.set(this.view());
    return copy;
  }

  /** What was written, valid until the next `reset`: to be copied at once. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#use(larger);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

const SLAB = 64 * 1024;
const LARGEST_PART = 4 * 1024;

/**
 * Gives out small byte arrays as parts of larger ones, since a piece of memory of its own costs ten
 * times as much. A part that is kept keeps its whole slab of 64 KiB alive, as a part of a read buffer
 * does.
 */
export class Slabs {
  #slab = new Uint8Array(0);
  #used = 0;

  take(length: number): Uint8Array {
    if (length > LARGEST_PART) return new Uint8Array(length);
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB);
      this.#used = 0;
    }
    const part = this.#slab.subarray(this.#used, this.#used + length);
    this.#used += length;
    return part;
  }
}

/**
 * Reads such fields from bytes of unknown origin. Reading past the end gives zeros and sets
 * {@link ByteReader.failed}, which the caller checks once at the end.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;
  failed = false;

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = bytes;
    this.#at = Math.min(from, bytes.length);
  }

  u8(): number {
    if (!this.#has(1)) return 0;
    return this.#bytes[this.#at++] as number;
  }

  u32(): number {
    if (!this.#has(4)) return 0;
    const value = this.#word(this.#at);
    this.#at += 4;
    return value;
  }

  u53(): number {
    if (!this.#has(8)) return 0;
    const high = this.#word(this.#at);
    const low = this.#word(this.#at + 4);
    this.#at += 8;
    if (high > 0x1fffff) this.failed = true;
    return high * TWO_32 + low;
  }

  ascii(): string {
    const length = this.u8();
    if (!this.#has(length)) return '';
    const from = this.#at;
    this.#at += length;
    let text = '';
    for (let i = from; i < this.#at; i += 1) text += String.fromCharCode(this.#bytes[i] as number);
    return text;
  }

  /** Flag bits; a bit that has no meaning yet is refused. */
  flags(known: number): number {
    const flags = this.u8();
    if ((flags & ~known) !== 0) this.failed = true;
    return flags;
  }

  /** One of a list of words; a place that the list does not have is refused. */
  oneOf<T extends string>(words: readonly [T, ...(readonly T[])]): T {
    const word = words[this.u8()];
    if (word !== undefined) return word;
    this.failed = true;
    return words[0];
  }

  /** How many elements follow, each of so many bytes at least: never more than there can be. */
  count(max: number, bytesEach: number): number {
    const count = this.u32();
    if (count <= max && count * bytesEach <= this.#bytes.length - this.#at) return count;
    this.failed = true;
    return 0;
  }

  /** Bytes behind their length, as a view into the same memory. */
  blob(): Uint8Array {
    return this.#part(this.count(0xffffffff, 1));
  }

  /** The same without a view of it. */
  skipBlob(): void {
    const length = this.count(0xffffffff, 1);
    this.#at += length;
  }

  /** Everything that is left, as a view into the same memory. */
  rest(): Uint8Array {
    return this.#part(this.#bytes.length - this.#at);
  }

  #part(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes;
    const from = this.#at;
    this.#at += length;
    // Not `subarray`, which keeps the class of what the link handed over.
    return new Uint8Array(buffer, byteOffset + from, length);
  }

  /** Whether all has been read and nothing was missing. */
  get isComplete(): boolean {
    return !this.failed && this.#at === this.#bytes.length;
  }

  // Cheaper than a DataView, of which every frame would need one.
  #word(at: number): number {
    const bytes = this.#bytes;
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }

  #has(length: number): boolean {
    if (this.#at + length <= this.#bytes.length && !this.failed) return true;
    this.failed = true;
    return false;
  }
}
