import { AbortedError, InvalidArgumentError, TimeoutError } from '@group-services/client';
import type { WaitOptions } from './where.js';

/** Calls `then` once when the signal aborts, at once if it has; gives back what forgets it. */
export function whenAborted(signal: AbortSignal | undefined, then: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    then();
    return () => {};
  }
  signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}

/** Waits, at most until the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, milliseconds);
    const forget = whenAborted(signal, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The end of one call's patience: the caller's signal, its time limit, or the end of the recipe. */
export class Patience {
  readonly #options: WaitOptions;
  readonly #what: string;
  readonly #over = new AbortController();
  readonly #forget: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(what: string, options: WaitOptions, recipe?: AbortSignal) {
    const { signal, timeout = 0 } = options;
    if (!(timeout >= 0)) {
      const message = 'timeout must be a number of milliseconds, 0 for none';
      throw new InvalidArgumentError(message, { argument: 'timeout' });
    }
    this.#what = what;
    this.#options = options;
    if (timeout > 0) this.#timer = setTimeout(() => this.#end(this.#timedOut()), timeout);
    for (const each of [signal, recipe]) {
      this.#forget.push(whenAborted(each, () => this.#end(this.#aborted(each))));
    }
  }

  /** Aborts with the error that the caller is to be given. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** What was waited for has come; whether that was in time. */
  done(): void {
    clearTimeout(this.#timer);
    for (const forget of this.#forget) forget();
  }

  #end(error: Error): void {
    this.done();
    this.#over.abort(error);
  }

  #timedOut(): TimeoutError {
    const { timeout: milliseconds = 0 } = this.#options;
    const message = `${this.#what} took longer than ${milliseconds} ms and was given up`;
    return new TimeoutError(message, { milliseconds });
  }

  #aborted(signal: AbortSignal | undefined): AbortedError {
    return new AbortedError(`${this.#what} was aborted`, { cause: signal?.reason });
  }
}

/** What a handler answers to a ballot that is over: a vote would only be reported as one too late. */
export function noVote(): Promise<never> {
  return new Promise(() => {});
}

/**
 * One call that can be given up. What was withdrawn in time rejects with why; whatever else it rejects with
 * stays, since only that says what may have happened.
 */
export async function patiently<T>(
  patience: Patience,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await call(patience.signal);
  } catch (error) {
    const withdrawn = error instanceof AbortedError && patience.signal.aborted;
    throw withdrawn ? patience.signal.reason : error;
  } finally {
    patience.done();
  }
}

/** Settles with the promise, or rejects when the signal aborts, with its reason. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = whenAborted(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(forget);
  });
}
