import { AbortedError, TimeoutError } from '../api/errors.js';
import type { WaitOptions } from '../api/options.js';
import { whenAborted } from '../connection/abort-signals.js';
import type { CallSite } from '../values/call-site.js';
import { inContext } from '../values/context.js';

/** What is waited for, checked. */
export interface Wait extends WaitOptions {
  /** Whether it has come true; may throw. */
  readonly test: () => boolean;
  readonly site: CallSite;
}

/**
 * Who waits until something is true of a handle (`when`). The tests are called after each event, as long as
 * there are any.
 */
export class Waits {
  /** Each looks whether its time has come, and ends with an error when there is one. */
  #waiting = new Set<(end?: Error) => void>();
  #ended: (() => Error) | undefined;

  until({ test, signal, timeout = 0, site }: Wait): Promise<void> {
    const isTrue = inContext(test);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        letGo();
        reject(site.placed(error));
      };
      const look = (end?: Error): void => {
        try {
          if (isTrue()) {
            letGo();
            resolve();
          } else if (end !== undefined) fail(end);
        } catch (error) {
          letGo();
          // It is the program's own: its stack is the better one.
          reject(error);
        }
      };
      const abort = (): void =>
        fail(new AbortedError('when was aborted', { cause: signal?.reason }));
      const late = (): void => {
        const message = `when: it did not come true within ${timeout} ms`;
        fail(new TimeoutError(message, { milliseconds: timeout }));
      };
      this.#waiting.add(look);
      const forget = whenAborted(signal, abort);
      const timer = timeout === 0 ? undefined : setTimeout(late, timeout);
      const letGo = (): void => {
        this.#waiting.delete(look);
        clearTimeout(timer);
        forget();
      };
      if (signal?.aborted) abort();
      else look(this.#ended?.());
    });
  }

  /** Something has happened. */
  look(): void {
    if (this.#waiting.size === 0) return;
    for (const look of [...this.#waiting]) look();
  }

  /** Nothing will happen any more: what is not true now never will be. */
  end(error: () => Error): void {
    this.#ended ??= error;
    for (const look of [...this.#waiting]) look(this.#ended());
  }
}
