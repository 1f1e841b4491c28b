import { type Instant, NEVER } from '@group-services/core';

/**
 * When to repeat what has not been answered: after the retry time, then after twice as long, and so on.
 *
 * A repetition makes up for a loss. Where there is none, the others are merely busy, and repetitions at a
 * fixed pace are more work the longer they take: with thousands of groups they would have nothing else to
 * do. Any progress starts the waits anew.
 */
export class Repetition {
  readonly #waits: Waits;
  #doublings = 0;
  #at: Instant = NEVER;
  #sentAt: Instant = NEVER;

  constructor(waits: Waits) {
    this.#waits = waits;
  }

  /** NEVER: nothing is waited for. */
  get at(): Instant {
    return this.#at;
  }

  /** It has been sent, for the first time or because there was progress. */
  begin(now: Instant): void {
    this.#noteAnswer(now);
    this.#sentAt = now;
    this.#doublings = 0;
    this.#at = now + this.#waits.waitMs();
  }

  /** It has been sent again. */
  again(now: Instant): void {
    this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
    this.#at = now + this.#waits.waitMs() * 2 ** this.#doublings;
  }

  end(now: Instant): void {
    this.#noteAnswer(now);
    this.#doublings = 0;
    this.#at = NEVER;
  }

  #noteAnswer(now: Instant): void {
    if (this.#at !== NEVER) this.#waits.answered?.(now - this.#sentAt);
  }
}

/** The wait doubles this often. */
export const DOUBLINGS_MAX = 3;

/** How long answers of some kind take. */
export interface Waits {
  /** After how long at present an answer is late enough to ask again. */
  readonly waitMs: () => number;
  /** An answer has come after so long. */
  readonly answered?: ((tookMs: number) => void) | undefined;
}
