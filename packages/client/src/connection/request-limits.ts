import { ConnectionLostError, TimeoutError } from '../api/errors.js';
import { MILLISECONDS_MAX } from '../arguments/arguments.js';
import { whenAborted } from './abort-signals.js';
import type { DaemonWatch } from './daemon-watch.js';
import { type Asked, aborted } from './refusal-error.js';
import type { Pending, RequestTable } from './request-table.js';

/** How long a daemon may take to show that it lives, once a caller waits no longer. */
export const PATIENCE_MS = 2_000;
/** It is asked so much ahead of a time limit: most of the patience lies before the limit. */
const AHEAD_MS = 1_000;

/** What is known when a limit is reached and the daemon shows no sign of life. */
const SILENT = 'the daemon does not answer';

/**
 * Keeps the limits that callers gave their requests, time and signal, whatever the daemon does.
 *
 * A daemon that lives answers in time: it knows the time limit, and it is told of an abort. But only it
 * can say whether a protocol had started, so while it lives its answer is waited for. When it stands
 * still the promise is settled here, with what is certain: what only looks has changed nothing, anything
 * else may take effect when the daemon goes on. A join or subscription that comes about after all is
 * ended again at once.
 */
export class RequestLimits {
  readonly #watch: DaemonWatch;
  readonly #requests: RequestTable;
  readonly #withdraw: (request: number) => void;

  constructor(
    watch: DaemonWatch,
    requests: RequestTable,
    /** Takes a request back, here or at the daemon. */
    withdraw: (request: number) => void,
  ) {
    this.#watch = watch;
    this.#requests = requests;
    this.#withdraw = withdraw;
  }

  /** Until the request is taken out of the table. */
  keep(request: number, pending: Pending): void {
    const { signal, milliseconds = 0 } = pending.asked;
    const stops: (() => void)[] = [];
    if (signal !== undefined) {
      stops.push(whenAborted(signal, () => this.#onAbort(request, stops)));
    }
    if (milliseconds > 0) stops.push(this.#atLimit(request, milliseconds, stops));
    if (stops.length > 0) pending.letGo = () => letGo(stops);
  }

  #onAbort(request: number, stops: (() => void)[]): void {
    this.#withdraw(request);
    const pending = this.#requests.get(request);
    if (pending === undefined || pending.givenUp === true) return;
    const { asked } = pending;
    const giveUp = (): void => {
      this.#giveUp(request, isHarmless(pending) ? abortedSilently(asked) : unknownOutcome(asked));
    };
    stops.push(this.#watch.ask(PATIENCE_MS, giveUp));
  }

  #atLimit(request: number, milliseconds: number, stops: (() => void)[]): () => void {
    const ahead = Math.min(milliseconds, AHEAD_MS);
    const giveUp = (): void => {
      const pending = this.#requests.get(request);
      if (pending === undefined) return;
      this.#withdraw(request);
      const { asked } = pending;
      this.#giveUp(request, isHarmless(pending) ? timedOut(asked) : unknownOutcome(asked));
    };
    const ask = (): void => {
      stops.push(this.#watch.ask(ahead + PATIENCE_MS - AHEAD_MS, giveUp));
    };
    const timer = setTimeout(ask, Math.min(milliseconds - ahead, MILLISECONDS_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  }

  /** Settles the promise. The request stays in the table: it may still be answered. */
  #giveUp(request: number, error: Error): void {
    const pending = this.#requests.get(request);
    if (pending === undefined || pending.givenUp === true) return;
    pending.letGo?.();
    pending.givenUp = true;
    pending.reject(error);
  }
}

function letGo(stops: (() => void)[]): void {
  for (const stop of stops.splice(0)) stop();
}

/** Whether carrying it out changes nothing that anybody can see. */
function isHarmless({ expects }: Pending): boolean {
  return expects === 'subscribed' || expects === 'groups' || expects === 'nodes';
}

function abortedSilently(asked: Asked): Error {
  return aborted(asked.signal, `${asked.action} was aborted; ${SILENT}`);
}

function timedOut({ action, milliseconds = 0 }: Asked): Error {
  const message = `${action}: no answer within ${milliseconds} ms; ${SILENT}`;
  return new TimeoutError(message, { milliseconds });
}

function unknownOutcome({ action, signal, milliseconds }: Asked): Error {
  const why = signal?.aborted ? 'aborted' : `no answer within ${milliseconds} ms`;
  const message = `${action}: ${why}, but ${SILENT}; whether it takes effect is unknown`;
  return new ConnectionLostError(message, { cause: signal?.aborted ? signal.reason : undefined });
}
