import type { Instant } from './instant.js';

/** How much a {@link Journal} keeps: whichever bound is reached first. */
export interface JournalBounds {
  readonly entriesMax: number;
  /** Of all entries together, each as heavy as it was said to be. */
  readonly weightMax: number;
  readonly keepMs: number;
}

export interface JournalEntry<News> {
  /** From 1, without gaps. */
  readonly number: number;
  readonly at: Instant;
  readonly news: News;
  readonly weight: number;
}

/**
 * What happened lately, numbered, for whoever looks later: readers come with the number of the last entry
 * that they have seen. Writing costs a few steps and allocates one entry; nothing is done for readers that
 * are not there.
 */
export class Journal<News> {
  readonly #bounds: JournalBounds;
  /** Merges news into the latest entry while nobody has read it; undefined: they stay two. */
  readonly #merge: (last: News, next: News) => News | undefined;
  #entries: JournalEntry<News>[] = [];
  /** Where the oldest that is kept stands in `#entries`. */
  #head = 0;
  #last = 0;
  #weight = 0;
  /** Up to this number entries have been read and stay as they are. */
  #sealed = 0;

  constructor(
    bounds: JournalBounds,
    merge: (last: News, next: News) => News | undefined = () => undefined,
  ) {
    this.#bounds = bounds;
    this.#merge = merge;
  }

  /** Number of the latest entry; 0: there was none. */
  get last(): number {
    return this.#last;
  }

  /** Number of the oldest entry that is kept. */
  get first(): number {
    return this.#last - this.length + 1;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  add(news: News, at: Instant, weight = 1): void {
    if (this.#merged(news, at, weight)) return;
    this.#last += 1;
    this.#weight += weight;
    this.#entries.push({ number: this.#last, at, news, weight });
    this.#forget(at);
  }

  /** All behind this number, oldest first, at most so many. */
  since(number: number, max: number): readonly JournalEntry<News>[] {
    this.#sealed = this.#last;
    const skipped = Math.max(0, number + 1 - this.first);
    const from = this.#head + skipped;
    return this.#entries.slice(from, from + max);
  }

  #merged(news: News, at: Instant, weight: number): boolean {
    const last = this.#entries.at(-1);
    if (this.length === 0 || last === undefined || last.number <= this.#sealed) return false;
    if (at - last.at > MERGED_WITHIN_MS) return false;
    const merged = this.#merge(last.news, news);
    if (merged === undefined) return false;
    this.#weight += weight;
    this.#entries[this.#entries.length - 1] = {
      ...last,
      news: merged,
      weight: last.weight + weight,
    };
    this.#forget(at);
    return true;
  }

  #forget(now: Instant): void {
    const { entriesMax, weightMax, keepMs } = this.#bounds;
    const isTooMuch = (): boolean =>
      this.length > entriesMax ||
      this.#weight > weightMax ||
      (this.#entries[this.#head]?.at ?? now) < now - keepMs;
    while (this.length > 1 && isTooMuch()) {
      this.#weight -= this.#entries[this.#head]?.weight ?? 0;
      this.#head += 1;
    }
    // What was forgotten is let go once it is the larger part.
    if (this.#head < CUT_FROM || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}

/** News that belong together come within this time. */
const MERGED_WITHIN_MS = 100;
/** The forgotten part is cut off from so many on. */
const CUT_FROM = 64;
