import type { Bytes, GroupTypes } from './group-types.js';
import type { GroupServices } from './handles.js';
import type { ConnectOptions, JoinOptions, SubscribeOptions } from './options.js';

/** What `keepJoined` and `keepSubscribed` do about a loss. */
export interface KeepOptions {
  /** How it connects; not together with `services`. */
  readonly connect?: ConnectOptions | undefined;
  /**
   * A connection of the program to use instead of one of its own; it is not closed, and the iteration ends
   * when it does: normally after `close()`, otherwise with the reason.
   */
  readonly services?: GroupServices | undefined;
  /**
   * First and largest wait between attempts; default 100 and 5000.
   *
   * @example
   * ```ts
   * import { keepJoined } from '@group-services/client';
   *
   * const stop = new AbortController();
   * const patient = keepJoined('fleet', {
   *   signal: stop.signal,
   *   // A tenth of a second after the first loss, then longer and longer, at most half a minute.
   *   backoff: { first: 100, max: 30_000 },
   *   connect: { keepAlive: 5_000 },
   *   onRetry: ({ error, in: wait }) => console.log(`${error.message}; again in ${wait} ms`),
   * });
   * for await (const { provider } of patient) {
   *   console.log(provider.id, 'is in');
   *   stop.abort();
   * }
   * ```
   */
  readonly backoff?:
    | { readonly first?: number | undefined; readonly max?: number | undefined }
    | undefined;
  /** Called ahead of every further attempt: what went wrong, and in how many milliseconds it comes. */
  readonly onRetry?: ((attempt: RetryAttempt) => void) | undefined;
}

/** A failed attempt, or a loss, that is followed by another attempt. */
export interface RetryAttempt {
  /** RemovedError for a membership that ended, ConnectionLostError with its connection. */
  readonly error: Error;
  /** Milliseconds until the next attempt. */
  readonly in: number;
}

export interface KeepJoinedOptions<G extends GroupTypes = Bytes>
  extends JoinOptions<G>,
    KeepOptions {
  /**
   * When the signal aborts or the loop is left, the membership goes on for so many milliseconds at most, until
   * its pending proposals have their results; default 0.
   */
  readonly drain?: number | undefined;
}

/** A subscription that is kept is persistent unless that is false: it waits for its group. */
export interface KeepSubscribedOptions<G extends GroupTypes = Bytes>
  extends SubscribeOptions<G>,
    KeepOptions {}
