import type { Instant } from '@group-services/core';

const WINDOW_MS = 60_000;
const FAILURES_MAX = 10;
/** Addresses that are remembered; the one that failed least recently is forgotten first. */
const ADDRESSES_MAX = 4_096;

/**
 * Counts wrong credentials by address. Who has given ten within a minute is not listened to until the
 * minute is over, so that guessing takes for ever. The minute begins with the first.
 */
export class Attempts {
  readonly #clock: () => Instant;
  readonly #failures = new Map<string, { since: Instant; count: number }>();

  constructor(clock = (): Instant => performance.now()) {
    this.#clock = clock;
  }

  /** For how many seconds an address has to wait; 0: it may try. */
  waitSeconds(address: string): number {
    const found = this.#failures.get(address);
    if (found === undefined || found.count < FAILURES_MAX) return 0;
    const left = found.since + WINDOW_MS - this.#clock();
    return left <= 0 ? 0 : Math.ceil(left / 1000);
  }

  failed(address: string): void {
    const now = this.#clock();
    const found = this.#failures.get(address);
    this.#failures.delete(address);
    const goesOn = found !== undefined && now - found.since < WINDOW_MS;
    const entry = goesOn ? { ...found, count: found.count + 1 } : { since: now, count: 1 };
    this.#failures.set(address, entry);
    const [oldest] = this.#failures.size > ADDRESSES_MAX ? this.#failures.keys() : [];
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}
