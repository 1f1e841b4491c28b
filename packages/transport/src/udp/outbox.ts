import type { OutgoingFrame } from '../contract.js';
import {
  type DatagramType,
  datagram,
  FRAGMENT_BYTES,
  FRAMES_BYTES,
  fragmentCount,
  HEADER_BYTES,
  LENGTH_BYTES,
  writeFragmentHead,
} from './datagram.js';

/** Fragments kept in case some are asked for again: this many bytes, for so long. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;
const KEPT_FOR_MS = 3_000;
const AGAIN_AFTER_MS = 20;

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

/** A datagram on its way out. */
export interface Outgoing {
  readonly bytes: Buffer;
  /** When it left last; 0 while it waits. */
  sentAt: number;
}

/**
 * Makes datagrams of frames: packs small ones together, cuts large ones into fragments, and keeps the
 * fragments for a while. `prefix` stands before the content of every datagram: the position, or the
 * addressees of a multicast.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #kept = new Map<number, Kept>();
  #keptBytes = 0;
  #number = 0;
  /** The datagram that is being filled, and how far. */
  #open: Buffer | undefined;
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
  pack(frame: OutgoingFrame, prefix: Uint8Array): Buffer | undefined {
    const length = frame.head.length + (frame.tail?.length ?? 0);
    const { datagramBytes, frames, id } = this.#options;
    const full = this.#filled + LENGTH_BYTES + length > datagramBytes ? this.takeOpen() : undefined;
    if (this.#open === undefined) {
      this.#open = datagram(frames, id, datagramBytes);
      this.#open.set(prefix, HEADER_BYTES);
      this.#filled = HEADER_BYTES + prefix.length;
    }
    this.#open.writeUInt16BE(length, this.#filled);
    this.#open.set(frame.head, this.#filled + LENGTH_BYTES);
    if (frame.tail !== undefined) {
      this.#open.set(frame.tail, this.#filled + LENGTH_BYTES + frame.head.length);
    }
    this.#filled += LENGTH_BYTES + length;
    return full;
  }

  /** The open datagram as it is. */
  takeOpen(): Buffer | undefined {
    const taken = this.#open?.subarray(0, this.#filled);
    this.#open = undefined;
    this.#filled = 0;
    return taken;
  }

  /** Cuts a frame into numbered fragments and keeps them. */
  cut(
    frame: OutgoingFrame,
    how: { readonly prefix: Uint8Array; readonly flags: number; readonly now: number },
  ): { readonly number: number; readonly fragments: readonly Outgoing[] } {
    const { id, fragment: type } = this.#options;
    const { prefix, flags, now } = how;
    const whole = Buffer.concat(frame.tail === undefined ? [frame.head] : [frame.head, frame.tail]);
    const number = this.#number;
    this.#number = (number + 1) >>> 0;
    const at = HEADER_BYTES + prefix.length;
    const headBytes = at + FRAGMENT_BYTES - FRAMES_BYTES;
    const size = this.#options.datagramBytes - headBytes;
    const fragments: Outgoing[] = [];
    const count = fragmentCount(whole.length, size);
    for (let index = 0; index < count; index += 1) {
      const content = whole.subarray(index * size, (index + 1) * size);
      const made = datagram(type, id, headBytes + content.length);
      made.set(prefix, HEADER_BYTES);
      writeFragmentHead(made, at, { flags, number, total: whole.length, index, size });
      made.set(content, headBytes);
      fragments.push({ bytes: made, sentAt: 0 });
    }
    this.#keep(number, { fragments, bytes: whole.length, at: now });
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
