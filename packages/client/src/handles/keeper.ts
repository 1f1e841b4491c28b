import {
  ConnectionLostError,
  type ErrorCode,
  GroupServicesError,
  RemovedError,
} from '../api/errors.js';
import type { GroupServices } from '../api/handles.js';
import type { KeepOptions } from '../api/keep-options.js';
import type { RemovedReason } from '../api/protocol.js';
import { checkFunction, invalid, millisecondsOf, optionsOf } from '../arguments/arguments.js';
import { BACKOFF_OPTIONS } from '../arguments/option-names.js';
import { whenAborted } from '../connection/abort-signals.js';
import { Backoff } from '../connection/backoff.js';
import { inContext } from '../values/context.js';
import { ErrorSink } from '../values/error-sink.js';
import type { connect } from './connect.js';

/** How the daemon is reached, and the clock by which gaps are measured. */
export interface KeeperPorts {
  readonly connect: typeof connect;
  readonly now: () => number;
}

/** What is kept: memberships, or subscriptions. */
export interface Keeping<H> {
  /** For messages. */
  readonly what: string;
  open(services: GroupServices): Promise<H>;
  /** Resolves when it has ended; undefined: in a way after which there is to be no other. */
  endOf(handle: H): Promise<RemovedReason | undefined>;
  /** Resolves when nothing is under way that should have its result before the end. */
  settled(handle: H): Promise<void>;
  /** Ends it over a connection that stays. */
  leave(handle: H): Promise<void>;
}

export interface KeeperOptions extends KeepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  readonly drain?: number | undefined;
}

/** One that stands now, and why there was none before. */
export interface Kept<H> {
  readonly handle: H;
  readonly gap?: { readonly reason: RemovedReason; readonly milliseconds: number };
}

/** Failures that pass: the next attempt may succeed without anybody's doing. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'COLLISION',
  'CONNECTION_LOST',
  'CONNECT_FAILED',
  'OVERLOADED',
  'REMOVED',
  'TIMEOUT',
  'UNAVAILABLE',
]);

/** Endings that the program asked for itself. */
const OWN_DOING: ReadonlySet<RemovedReason | undefined> = new Set([
  undefined,
  'leave',
  'goodbye',
  'quit',
]);

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Has one handle after the other, with waits between them, until the signal aborts or the loop is left: at
 * most one connection and one handle at a time. `keepJoined` and `keepSubscribed` are this.
 */
export class Keeper<H> {
  readonly #ports: KeeperPorts;
  readonly #keeping: Keeping<H>;
  readonly #options: KeeperOptions;
  readonly #backoff: Backoff;
  readonly #drainMs: number;
  readonly #onRetry: ((attempt: { error: Error; in: number }) => void) | undefined;
  readonly #errors: ErrorSink;
  /** Aborted by the user's signal, or by the end of the connection that the program gave. */
  readonly #over = new AbortController();
  readonly #forgetSignal: () => void;
  #services: GroupServices | undefined;
  /** Why the connection that the program gave has ended. */
  #gone: Error | undefined;
  /** Whether an earlier attempt has joined, or may have. */
  #hadInstance = false;
  #handle: H | undefined;
  /** Settled when the present handle has ended. */
  #ending: Promise<Ending> | undefined;
  #closing: Promise<void> | undefined;

  constructor(ports: KeeperPorts, keeping: Keeping<H>, options: KeeperOptions) {
    this.#ports = ports;
    this.#keeping = keeping;
    this.#options = options;
    const { backoff, drain, onRetry, onError, services, signal } = options;
    const { first, max } = optionsOf(backoff, BACKOFF_OPTIONS, 'backoff');
    const longest = millisecondsOf('backoff.max', max, LONGEST_WAIT_MS);
    const shortest = millisecondsOf('backoff.first', first, Math.min(FIRST_WAIT_MS, longest));
    this.#backoff = new Backoff(shortest, longest);
    this.#drainMs = millisecondsOf('drain', drain, 0);
    checkFunction('onRetry', onRetry);
    this.#onRetry = onRetry && inContext(onRetry);
    this.#errors = new ErrorSink(onError);
    if (services !== undefined) this.#useGiven(services);
    this.#forgetSignal = whenAborted(signal, () => this.#end());
    if (signal?.aborted) this.#end();
  }

  /** The next one; undefined when there is to be none. */
  async next(): Promise<Kept<H> | undefined> {
    const ending = await this.#ending;
    if (ending === undefined) return await this.#open(undefined);
    this.#handle = undefined;
    const { reason, at, openedAt } = ending;
    if (reason === undefined || OWN_DOING.has(reason) || this.#isOver()) return this.#none();
    if (at - openedAt >= this.#backoff.longest) this.#backoff.reset();
    await this.#wait(lossOf(this.#keeping.what, reason));
    return await this.#open({ reason, at });
  }

  /** Ends what stands, after what is under way has its results, for as long as the program allows. */
  close(): Promise<void> {
    this.#forgetSignal();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #open(before: { reason: RemovedReason; at: number } | undefined) {
    while (!this.#isOver()) {
      try {
        const services = this.#services ?? (await this.#connect());
        const handle = await this.#keeping.open(services);
        return this.#opened(handle, before);
      } catch (error) {
        if (this.#isOver()) break;
        if (!(error instanceof Error) || !this.#isPassing(error)) throw error;
        await this.#wait(error);
      }
    }
    return this.#none();
  }

  #opened(handle: H, before: { reason: RemovedReason; at: number } | undefined): Kept<H> {
    this.#hadInstance = true;
    this.#handle = handle;
    const { now } = this.#ports;
    const openedAt = now();
    const ended = this.#keeping.endOf(handle);
    this.#ending = ended.then((reason) => ({ reason, at: now(), openedAt }));
    if (before === undefined) return { handle };
    return { handle, gap: { reason: before.reason, milliseconds: openedAt - before.at } };
  }

  /** The end of the iteration: an error where the connection that the program gave was lost. */
  #none(): undefined {
    if (this.#gone !== undefined) throw this.#gone;
    return undefined;
  }

  /** An instance that is in use is our own if we had it: the daemon has not noticed yet that we lost it. */
  #isPassing(error: Error): boolean {
    if (!(error instanceof GroupServicesError)) return false;
    if (error.code === 'CONNECTION_LOST') this.#hadInstance = true;
    return PASSING.has(error.code) || (error.code === 'DUPLICATE_INSTANCE' && this.#hadInstance);
  }

  #wait(error: Error): Promise<void> {
    return this.#backoff.wait(this.#over.signal, (milliseconds) => {
      try {
        this.#onRetry?.({ error, in: milliseconds });
      } catch (thrown) {
        this.#errors.report(thrown);
      }
    });
  }

  #useGiven(services: GroupServices): void {
    if (this.#options.connect !== undefined) {
      throw invalid('connect', 'is not used with services: give one of them');
    }
    if (typeof services?.join !== 'function') {
      throw invalid('services', 'must be what connect() gave');
    }
    this.#services = services;
    void services.closed.then((reason) => {
      this.#gone = reason;
      this.#over.abort();
    });
  }

  async #connect(): Promise<GroupServices> {
    const given = this.#options.connect;
    const signals = [given?.signal, this.#over.signal].filter((signal) => signal !== undefined);
    const services = await this.#ports.connect({ ...given, signal: AbortSignal.any(signals) });
    this.#services = services;
    if (this.#isOver()) void this.close();
    void services.closed.then(() => {
      if (this.#services === services) this.#services = undefined;
    });
    return services;
  }

  /** The signal: it ends what stands, too. */
  #end(): void {
    this.#over.abort();
    if (this.#services !== undefined) void this.close();
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    if (handle !== undefined && this.#drainMs > 0) {
      await within(this.#drainMs, this.#keeping.settled(handle));
    }
    this.#over.abort();
    if (this.#options.services === undefined) await this.#services?.close();
    else if (handle !== undefined) await this.#keeping.leave(handle);
  }

  #isOver(): boolean {
    return this.#over.signal.aborted;
  }
}

/** How and when a handle ended. */
interface Ending {
  readonly reason: RemovedReason | undefined;
  readonly at: number;
  readonly openedAt: number;
}

function lossOf(what: string, reason: RemovedReason): Error {
  const message = `the ${what} ended (${reason})`;
  if (reason === 'connection-lost') return new ConnectionLostError(message);
  return new RemovedError(message, { reason });
}

/** Waits for a promise, but no longer. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
