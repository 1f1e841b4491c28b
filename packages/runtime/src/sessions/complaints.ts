import type { Logger } from '../logger.js';

/** Said at once, then after so long, then twice as long each time, up to the longest. */
const AGAIN_FIRST_MS = 5_000;
const AGAIN_LONGEST_MS = 5 * 60_000;
/** Things in trouble that are remembered; beyond, the oldest is said anew should it fail again. */
const THINGS_MAX = 1_024;

interface Trouble {
  text: string;
  sayAgainAt: number;
  waitMs: number;
}

/**
 * Says what fails without filling the log: at the first failure, when the reason changes, and from
 * time to time while it lasts; and once that it is over.
 */
export class Complaints {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #troubles = new Map<string, Trouble>();

  constructor(logger: Logger, now = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** `thing` is what fails, for the log as well as to tell it from others. */
  failed(thing: Readonly<Record<string, string>>, text: string): void {
    const key = JSON.stringify(thing);
    const now = this.#now();
    const known = this.#troubles.get(key);
    if (known === undefined) {
      const [oldest] = this.#troubles.size < THINGS_MAX ? [] : this.#troubles.keys();
      if (oldest !== undefined) this.#troubles.delete(oldest);
      this.#troubles.set(key, { text, sayAgainAt: now + AGAIN_FIRST_MS, waitMs: AGAIN_FIRST_MS });
    } else {
      if (known.text === text && now < known.sayAgainAt) return;
      known.text = text;
      known.waitMs = Math.min(known.waitMs * 2, AGAIN_LONGEST_MS);
      known.sayAgainAt = now + known.waitMs;
    }
    this.#logger.warn(thing, text);
  }

  /** It works; `text` is said if it had failed. */
  worked(thing: Readonly<Record<string, string>>, text: string): void {
    if (this.forget(thing)) this.#logger.info(thing, text);
  }

  /** It is of no interest any more; says whether it had failed. */
  forget(thing: Readonly<Record<string, string>>): boolean {
    return this.#troubles.delete(JSON.stringify(thing));
  }
}
