import { whenAborted } from './abort-signals.js';

/** Waits between attempts: each up to twice as long as the one before, with jitter. */
export class Backoff {
  /** Longest wait in milliseconds. */
  readonly longest: number;
  readonly #first: number;
  #next: number;

  constructor(first: number, longest: number) {
    this.#first = Math.min(first, longest);
    this.longest = longest;
    this.#next = this.#first;
  }

  reset(): void {
    this.#next = this.#first;
  }

  /** Waits, at most until the signal aborts; never rejects. `told`: how long that will be. */
  async wait(
    signal: AbortSignal | undefined,
    told: (milliseconds: number) => void = () => {},
  ): Promise<void> {
    const milliseconds = Math.round(this.#next * (0.5 + Math.random() / 2));
    this.#next = Math.min(this.longest, Math.max(1, this.#next * 2));
    // The caller looks at the signal next.
    if (signal?.aborted) return;
    told(milliseconds);
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        forget();
        resolve();
      };
      const timer = setTimeout(over, milliseconds);
      const forget = whenAborted(signal, over);
    });
  }
}
