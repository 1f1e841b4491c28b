import { type Fragment, fragmentCount, RELIABLE } from './datagram.js';

/** Bytes of unfinished frames that one association, and all of them, may hold. */
export const PARTIAL_BYTES_MAX: number = 8 * 1024 * 1024;
export const PARTIAL_BYTES_MAX_ALL: number = 64 * 1024 * 1024;

const PARTIALS_MAX = 64;
/** Finished and abandoned numbers that are remembered, so that late fragments begin nothing anew. */
const PAST_MAX = 2048;
/** Missing fragments are asked for after so long without a new one; later asks wait longer. */
const ASK_AFTER_MS = 30;
const ASK_AFTER_MAX_MS = 240;
const ASKS_MAX = 12;

/** What all associations of a transport have reserved for unfinished frames. */
export interface Budget {
  bytes: number;
}

interface Partial {
  readonly frame: Uint8Array;
  readonly size: number;
  readonly flags: number;
  /** A bit for each fragment that is missing. */
  readonly missing: Uint8Array;
  missingCount: number;
  askAt: number;
  asks: number;
}

export interface Ask {
  readonly flags: number;
  readonly number: number;
  readonly bits: Uint8Array;
}

/**
 * Puts frames together from fragments, which may come in any order and more than once.
 *
 * Bounded in every way: what would be too much pushes out the oldest unfinished frame, and a frame
 * whose missing fragments do not come although asked for is given up.
 */
export class Reassembly {
  readonly #budget: Budget;
  readonly #partials = new Map<number, Partial>();
  readonly #past = new Set<number>();
  #bytes = 0;
  /** Frames given up. */
  incomplete = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.#partials.size === 0;
  }

  /** Whether a frame with this number was handed out, or given up and is not repeated. */
  isPast(number: number): boolean {
    return this.#past.has(number);
  }

  /** A frame that was handed out could not be used: it may come again. */
  forget(number: number): void {
    this.#past.delete(number);
  }

  /** Takes one fragment; returns the frame when it was the last one missing. */
  add(fragment: Fragment, now: number): Uint8Array | undefined {
    const { number, total, index, size, content } = fragment;
    if (this.#past.has(number)) return undefined;
    const partial = this.#partials.get(number) ?? this.#begin(fragment, now);
    if (partial === undefined) return undefined;
    if (partial.size !== size || partial.frame.length !== total) return undefined;
    const bit = 1 << (index & 7);
    const byte = partial.missing[index >> 3] ?? 0;
    if ((byte & bit) === 0) return undefined;
    partial.missing[index >> 3] = byte & ~bit;
    partial.missingCount -= 1;
    partial.frame.set(content, index * size);
    // While fragments come, nothing is asked for; and who makes progress is not given up.
    partial.asks = 0;
    partial.askAt = now + ASK_AFTER_MS;
    if (partial.missingCount > 0) return undefined;
    this.#end(number, partial);
    return partial.frame;
  }

  /** What is to be asked for now. */
  asks(now: number): readonly Ask[] {
    const asks: Ask[] = [];
    for (const [number, partial] of this.#partials) {
      if (partial.askAt > now) continue;
      if (partial.asks >= ASKS_MAX) {
        this.#giveUp(number, partial);
        continue;
      }
      partial.asks += 1;
      partial.askAt = now + waitAfter(partial.asks);
      asks.push({ flags: partial.flags, number, bits: partial.missing.slice() });
    }
    return asks;
  }

  clear(): void {
    for (const [number, partial] of [...this.#partials]) this.#end(number, partial);
  }

  #begin(fragment: Fragment, now: number): Partial | undefined {
    const { number, total, size, flags } = fragment;
    if (total > PARTIAL_BYTES_MAX) return undefined;
    while (this.#bytes + total > PARTIAL_BYTES_MAX || this.#partials.size >= PARTIALS_MAX) {
      this.#giveUpOldest();
    }
    while (this.#budget.bytes + total > PARTIAL_BYTES_MAX_ALL && this.#partials.size > 0) {
      this.#giveUpOldest();
    }
    if (this.#budget.bytes + total > PARTIAL_BYTES_MAX_ALL) {
      this.incomplete += 1;
      return undefined;
    }
    const count = fragmentCount(total, size);
    const missing = new Uint8Array((count + 7) >> 3).fill(0xff);
    const rest = count & 7;
    if (rest !== 0) missing[missing.length - 1] = (1 << rest) - 1;
    const partial: Partial = {
      frame: new Uint8Array(total),
      size,
      flags,
      missing,
      missingCount: count,
      askAt: now + ASK_AFTER_MS,
      asks: 0,
    };
    this.#partials.set(number, partial);
    this.#bytes += total;
    this.#budget.bytes += total;
    return partial;
  }

  #giveUpOldest(): void {
    for (const [number, partial] of this.#partials) {
      this.#giveUp(number, partial);
      return;
    }
  }

  #giveUp(number: number, partial: Partial): void {
    this.incomplete += 1;
    this.#end(number, partial);
    // It is repeated until it is confirmed, so it must not look as if it had been handed out.
    if ((partial.flags & RELIABLE) !== 0) this.#past.delete(number);
  }

  #end(number: number, partial: Partial): void {
    this.#partials.delete(number);
    this.#bytes -= partial.frame.length;
    this.#budget.bytes -= partial.frame.length;
    this.#past.add(number);
    if (this.#past.size <= PAST_MAX) return;
    for (const oldest of this.#past) {
      this.#past.delete(oldest);
      return;
    }
  }
}

function waitAfter(asks: number): number {
  return Math.min(ASK_AFTER_MAX_MS, ASK_AFTER_MS * 2 ** Math.max(0, asks - 1));
}
