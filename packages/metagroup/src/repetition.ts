import { type Instant, NEVER } from '@group-services/core';

/** The wait doubles this often. */
export const DOUBLINGS_MAX = 3;

/**
 * When to repeat what has not been answered: after the retry time, then after twice as long, and so on.
 *
 * A repetition makes up for a loss. Where there is none, the others are merely busy, and repetitions at a
 * fixed pace are more work the longer they take: with thousands of groups they would have nothing else to
 * do. Any progress starts the waits anew.
 */
export class Repetition {
  readonly #waitMs: () => number;
  #doublings = 0;
  #at: Instant = NEVER;

  /** `waitMs` says how long an answer may take at present. */
  constructor(waitMs: () => number) {
    this.#waitMs = waitMs;
  }

  /** NEVER: nothing is waited for. */
  get at(): Instant {
    return this.#at;
  }

  /** It has been sent, for the first time or because there was progress. */
  begin(now: Instant): void {
    this.#doublings = 0;
    this.#at = now + this.#waitMs();
  }

  /** It has been sent again. */
  again(now: Instant): void {
    this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
    this.#at = now + this.#waitMs() * 2 ** this.#doublings;
  }

  end(): void {
    this.#doublings = 0;
    this.#at = NEVER;
  }
}
