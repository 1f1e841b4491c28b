import { Slab, writeUint16 } from './bytes.js';
import {
  type DatagramType,
  FRAGMENT_BYTES,
  FRAMES_BYTES,
  fragmentCount,
  HEADER_BYTES,
  LENGTH_BYTES,
  startDatagram,
  writeFragmentHead,
} from './datagram.js';
import { type Frame, frameLength, type Outgoing } from './frame.js';

/** Fragments kept in case some are asked for again: this many bytes, for so long. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;
const KEPT_FOR_MS = 3_000;
const AGAIN_AFTER_MS = 20;
/** Room for datagrams is made in blocks: of those that are filled, and of those of a large frame. */
const OPEN_BLOCK_BYTES = 8 * 1024;
const FRAGMENT_BLOCK_BYTES = 64 * 1024;

export interface OutboxOptions {
  readonly id: Uint8Array;
  readonly datagramBytes: number;
  readonly frames: DatagramType;
  readonly fragment: DatagramType;
}

interface Kept {
  readonly fragments: readonly Outgoing[];
  readonly bytes: number;
  readonly at: number;
}

/**
 * Makes datagrams of frames: packs small ones together, cuts large ones into fragments, and keeps the
 * fragments for a while. `prefix` stands before the content of every datagram: the position, or the
 * addressees of a multicast.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #slab = new Slab(OPEN_BLOCK_BYTES);
  readonly #kept = new Map<number, Kept>();
  #keptBytes = 0;
  #number = 0;
  /** The datagram that is being filled, and how far. */
  #open: Uint8Array | undefined;
  #filled = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Bytes in the datagram that is being filled. */
  get openBytes(): number {
    return this.#filled;
  }

  /** Whether a frame of this length leaves whole, together with others. */
  packs(length: number, prefix: Uint8Array): boolean {
    const { datagramBytes } = this.#options;
    return HEADER_BYTES + prefix.length + LENGTH_BYTES + length <= datagramBytes;
  }

  /** Adds a small frame to the open datagram; returns the one that it did not fit into, if any. */
  pack(frame: Frame, prefix: Uint8Array): Uint8Array | undefined {
    const length = frameLength(frame);
    const { datagramBytes, frames, id } = this.#options;
    const full = this.#filled + LENGTH_BYTES + length > datagramBytes ? this.takeOpen() : undefined;
    if (this.#open === undefined) {
      this.#open = startDatagram(this.#slab.take(datagramBytes), frames, id);
      this.#open.set(prefix, HEADER_BYTES);
      this.#filled = HEADER_BYTES + prefix.length;
    }
    writeUint16(this.#open, this.#filled, length);
    this.#open.set(frame.head, this.#filled + LENGTH_BYTES);
    if (frame.tail !== undefined) {
      this.#open.set(frame.tail, this.#filled + LENGTH_BYTES + frame.head.length);
    }
    this.#filled += LENGTH_BYTES + length;
    return full;
  }

  /** The open datagram as it is. */
  takeOpen(): Uint8Array | undefined {
    const taken = this.#open?.subarray(0, this.#filled);
    this.#open = undefined;
    this.#filled = 0;
    return taken;
  }

  /** Cuts a frame into numbered fragments and keeps them. */
  cut(
    frame: Frame,
    how: { readonly prefix: Uint8Array; readonly flags: number; readonly now: number },
  ): { readonly number: number; readonly fragments: readonly Outgoing[] } {
    const { id, fragment: type } = this.#options;
    const { prefix, flags, now } = how;
    const length = frameLength(frame);
    const number = this.#number;
    this.#number = (number + 1) >>> 0;
    const at = HEADER_BYTES + prefix.length;
    const headBytes = at + FRAGMENT_BYTES - FRAMES_BYTES;
    const size = this.#options.datagramBytes - headBytes;
    const fragments: Outgoing[] = [];
    const count = fragmentCount(length, size);
    const slab = new Slab(Math.min(FRAGMENT_BLOCK_BYTES, length + count * headBytes));
    for (let index = 0; index < count; index += 1) {
      const contentBytes = Math.min(size, length - index * size);
      const made = startDatagram(slab.take(headBytes + contentBytes), type, id);
      made.set(prefix, HEADER_BYTES);
      writeFragmentHead(made, at, { flags, number, total: length, index, size });
      copyPart(frame, index * size, made.subarray(headBytes));
      fragments.push({ bytes: made, sentAt: 0 });
    }
    this.#keep(number, { fragments, bytes: length, at: now });
    return { number, fragments };
  }

  /**
   * The fragments of a kept frame whose bit is set, but not those that wait to leave or left just now:
   * the ask has crossed them.
   */
  again(number: number, bits: Uint8Array, now: number): readonly Outgoing[] {
    const kept = this.#kept.get(number);
    if (kept === undefined) return [];
    return kept.fragments.filter(
      ({ sentAt }, index) =>
        ((bits[index >> 3] ?? 0) & (1 << (index & 7))) > 0 &&
        sentAt > 0 &&
        now - sentAt >= AGAIN_AFTER_MS,
    );
  }

  clear(): void {
    this.#kept.clear();
    this.#keptBytes = 0;
    this.#open = undefined;
    this.#filled = 0;
  }

  #keep(number: number, kept: Kept): void {
    this.#kept.set(number, kept);
    this.#keptBytes += kept.bytes;
    for (const [oldest, one] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES_MAX && kept.at - one.at <= KEPT_FOR_MS) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= one.bytes;
    }
  }
}

/** Copies what stands from `from` on in a frame, as much as there is room for. */
function copyPart({ head, tail }: Frame, from: number, into: Uint8Array): void {
  const ofHead = head.subarray(from, from + into.length);
  into.set(ofHead);
  if (tail === undefined || ofHead.length === into.length) return;
  const start = Math.max(0, from - head.length);
  into.set(tail.subarray(start, start + into.length - ofHead.length), ofHead.length);
}
