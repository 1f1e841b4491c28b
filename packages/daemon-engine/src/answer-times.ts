import type { Instant } from '@group-services/core';

/**
 * How long answers take at present: as long as the quickest of the last few took, since a slow one may only
 * have been lost and asked for again. Nothing has to be asked again before.
 */
export class AnswerTimes {
  #took: number[] = [];
  #at: Instant = Number.NEGATIVE_INFINITY;

  note(tookMs: number, now: Instant): void {
    if (now >= this.#at + JUDGED_FOR_MS) this.#took = [];
    this.#at = now;
    this.#took.push(tookMs);
    if (this.#took.length > JUDGED_BY) this.#took.shift();
  }

  /** 0: not known. */
  leastMs(now: Instant): number {
    const isKnown = this.#took.length === JUDGED_BY && now < this.#at + JUDGED_FOR_MS;
    return isKnown ? Math.min(...this.#took) : 0;
  }
}

/** Judged by so many answers that came last. */
const JUDGED_BY = 8;
/** What came longer ago says nothing about the present. */
const JUDGED_FOR_MS = 5_000;
