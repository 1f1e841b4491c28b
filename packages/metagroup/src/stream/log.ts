import { invariant } from '@group-services/core';
import type { LogEntry } from '@group-services/wire';

/**
 * The retained part of the ordered stream: everything from the first message that some member may
 * still miss, contiguous up to {@link Log.contiguous}, with gaps above it.
 */
export class Log {
  /** Index 0 of the live part is the message `#first`; slots of missing messages are undefined. */
  #slots: (LogEntry | undefined)[] = [];
  #head = 0;
  #first = 1;
  #contiguous = 0;
  #bytes = 0;
  #count = 0;
  /** Messages above the contiguous prefix are held this far ahead at most. */
  readonly #aheadMax: number;

  constructor(aheadMax: number) {
    this.#aheadMax = aheadMax;
  }

  /** All messages up to this one have been here. */
  get contiguous(): number {
    return this.#contiguous;
  }

  /** All messages up to this one have been discarded. */
  get discarded(): number {
    return this.#first - 1;
  }

  /** Retained messages, those beyond a gap included. */
  get length(): number {
    return this.#count;
  }

  /** Bytes of the bodies retained. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The highest message held. */
  get last(): number {
    return this.#first + (this.#slots.length - this.#head) - 1;
  }

  get(seq: number): LogEntry | undefined {
    if (seq < this.#first) return undefined;
    return this.#slots[this.#head + seq - this.#first];
  }

  /** Takes a message unless it is known, discarded or too far ahead; true when it was new. */
  put(entry: LogEntry): boolean {
    const seq = entry.seq;
    if (seq <= this.#contiguous || seq > this.#contiguous + this.#aheadMax) return false;
    const index = this.#head + seq - this.#first;
    if (this.#slots[index] !== undefined) return false;
    while (this.#slots.length < index) this.#slots.push(undefined);
    this.#slots[index] = entry;
    this.#count += 1;
    this.#bytes += entry.body.length;
    if (seq === this.#contiguous + 1) this.#advance();
    return true;
  }

  /** The lowest gaps up to `upTo`, `max` of them at most. */
  gaps(upTo: number, max: number): Gap[] {
    const gaps: Gap[] = [];
    let from = this.#contiguous + 1;
    while (from <= upTo && gaps.length < max) {
      const held = this.#firstHeldFrom(from);
      gaps.push({ from, to: Math.min(held - 1, upTo) });
      from = held + 1;
      while (this.get(from) !== undefined) from += 1;
    }
    return gaps;
  }

  /** The lowest message from `seq` on that is held; Infinity when there is none. */
  #firstHeldFrom(seq: number): number {
    for (let index = this.#head + seq - this.#first; index < this.#slots.length; index += 1) {
      if (this.#slots[index] !== undefined) return this.#first + index - this.#head;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Forgets everything above the contiguous prefix. */
  dropAboveContiguous(): void {
    const keep = this.#head + this.#contiguous - this.#first + 1;
    for (let index = keep; index < this.#slots.length; index += 1) this.#uncount(index);
    this.#slots.length = keep;
  }

  /** Forgets everything up to `seq`, which must have been contiguous. */
  discardTo(seq: number): void {
    invariant(seq <= this.#contiguous, 'only contiguous messages are discarded');
    while (this.#first <= seq) {
      this.#uncount(this.#head);
      this.#slots[this.#head] = undefined;
      this.#head += 1;
      this.#first += 1;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Starts anew behind a snapshot taken at `position`. */
  reset(position: number): void {
    this.#slots = [];
    this.#head = 0;
    this.#first = position + 1;
    this.#contiguous = position;
    this.#bytes = 0;
    this.#count = 0;
  }

  #advance(): void {
    while (this.#slots[this.#head + this.#contiguous + 1 - this.#first] !== undefined) {
      this.#contiguous += 1;
    }
  }

  #uncount(index: number): void {
    const entry = this.#slots[index];
    if (entry === undefined) return;
    this.#count -= 1;
    this.#bytes -= entry.body.length;
  }
}

/** Missing messages in a row, both ends included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}
