import { invariant } from '@group-services/core';
import { type ErrorCode, GroupServicesError } from '../api/errors.js';
import type { GroupDefinition, GroupTypes } from '../api/group-types.js';
import type { GroupServices, Membership, Provider } from '../api/handles.js';
import type { KeepJoinedOptions } from '../api/options.js';
import type { RemovedReason } from '../api/protocol.js';
import { millisecondsOf, optionsOf } from '../arguments/arguments.js';
import { whenAborted } from '../connection/abort-signals.js';
import { Backoff } from '../connection/backoff.js';
import { connect } from './connect.js';
import { GroupProvider } from './provider.js';

/** Options whatever the types of the group: a vote handler is only passed on. */
type AnyOptions = Omit<KeepJoinedOptions<GroupTypes>, 'vote'> & { readonly vote?: unknown };
type AnyGroup = string | GroupDefinition<GroupTypes>;

/** How `keepJoined` reaches its daemon, and the clock it measures gaps by. */
export interface KeepJoinedPorts {
  readonly connect: typeof connect;
  readonly now: () => number;
}

interface Joinable {
  join(group: AnyGroup, options: object): Promise<Provider<GroupTypes>>;
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
const OWN_DOING: ReadonlySet<RemovedReason> = new Set(['leave', 'goodbye', 'quit']);

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Connects and joins, and after a loss connects and joins again as a new provider, with back-off,
 * until the signal aborts.
 *
 * It begins when it is iterated. A failure that does not pass by itself (a wrong argument, attributes
 * that differ, a join voted down) ends the iteration with that error; a membership that the program
 * itself left, or the signal, ends it normally. Leaving the loop closes the connection.
 *
 * @example
 * ```ts
 * import { keepJoined } from '@group-services/client';
 *
 * const stop = new AbortController();
 * for await (const { provider, gap } of keepJoined('crew', { signal: stop.signal })) {
 *   console.log(provider.id, gap === undefined ? 'is in' : `is in again, after ${gap.reason}`);
 *   const result = await provider.send(new TextEncoder().encode('here I am'));
 *   // The membership ends with the signal, and the loop with it.
 *   if (result.outcome === 'approved') stop.abort();
 * }
 * ```
 */
export function keepJoined(group: string, options?: KeepJoinedOptions): AsyncIterable<Membership>;
export function keepJoined<G extends GroupTypes>(
  group: GroupDefinition<G>,
  options?: KeepJoinedOptions<G>,
): AsyncIterable<Membership<G>>;
export function keepJoined(
  group: AnyGroup,
  options?: AnyOptions,
): AsyncIterable<Membership<GroupTypes>> {
  return keepJoinedThrough({ connect, now: () => performance.now() }, group, options);
}

/** The same by other ports, for tests. */
export function keepJoinedThrough(
  ports: KeepJoinedPorts,
  group: AnyGroup,
  options?: AnyOptions,
): AsyncIterable<Membership<GroupTypes>> {
  return { [Symbol.asyncIterator]: () => memberships(ports, group, options) };
}

async function* memberships(
  ports: KeepJoinedPorts,
  group: AnyGroup,
  options: AnyOptions | undefined,
): AsyncGenerator<Membership<GroupTypes>, void, undefined> {
  const keeper = new Keeper(ports, group, optionsOf(options));
  try {
    for (;;) {
      const membership = await keeper.next();
      if (membership === undefined) return;
      yield membership;
    }
  } finally {
    await keeper.close();
  }
}

/** One run through the memberships: at most one connection and one provider at a time. */
class Keeper {
  readonly #ports: KeepJoinedPorts;
  readonly #group: AnyGroup;
  readonly #options: Partial<AnyOptions>;
  readonly #backoff: Backoff;
  /** Aborted by the user's signal or by the end of the iteration. */
  readonly #over: AbortSignal | undefined;
  #services: GroupServices | undefined;
  /** Whether an earlier attempt has joined, or may have. */
  #hadInstance = false;
  /** Settled when the present provider is removed. */
  #removal: Promise<Ending> | undefined;

  constructor(ports: KeepJoinedPorts, group: AnyGroup, options: Partial<AnyOptions>) {
    this.#ports = ports;
    this.#group = group;
    this.#options = options;
    const { first, max } = optionsOf(options.backoff);
    const longest = millisecondsOf('backoff.max', max, LONGEST_WAIT_MS);
    const shortest = millisecondsOf('backoff.first', first, Math.min(FIRST_WAIT_MS, longest));
    this.#backoff = new Backoff(shortest, longest);
    this.#over = options.signal;
  }

  /** The next membership; undefined when there is to be none. */
  async next(): Promise<Membership<GroupTypes> | undefined> {
    const ending = await this.#removal;
    if (ending === undefined) return await this.#join(undefined);
    if (OWN_DOING.has(ending.reason) || this.#isOver()) return undefined;
    if (ending.at - ending.joinedAt >= this.#backoff.longest) this.#backoff.reset();
    await this.#backoff.wait(this.#over);
    return await this.#join(ending);
  }

  async close(): Promise<void> {
    await this.#services?.close();
  }

  async #join(before: Ending | undefined): Promise<Membership<GroupTypes> | undefined> {
    while (!this.#isOver()) {
      try {
        const provider = await this.#attempt();
        this.#hadInstance = true;
        const joinedAt = this.#ports.now();
        this.#removal = endingOf(provider, joinedAt, this.#ports.now);
        if (before === undefined) return { provider };
        const gap = { reason: before.reason, milliseconds: joinedAt - before.at };
        return { provider, gap };
      } catch (error) {
        if (this.#isOver()) return undefined;
        if (!this.#isPassing(error)) throw error;
      }
      await this.#backoff.wait(this.#over);
    }
    return undefined;
  }

  /** An instance that is in use is our own if we had it: the daemon has not noticed yet that we lost it. */
  #isPassing(error: unknown): boolean {
    if (!(error instanceof GroupServicesError)) return false;
    if (error.code === 'CONNECTION_LOST') this.#hadInstance = true;
    return PASSING.has(error.code) || (error.code === 'DUPLICATE_INSTANCE' && this.#hadInstance);
  }

  async #attempt(): Promise<Provider<GroupTypes>> {
    const services = this.#services ?? (await this.#connect());
    const { connect: _connect, backoff: _backoff, ...options } = this.#options;
    // What stands behind the two public signatures of `join`, which tell the types apart.
    const joinable = services as Joinable;
    return await joinable.join(this.#group, options);
  }

  async #connect(): Promise<GroupServices> {
    const over = this.#over;
    const given = this.#options.connect;
    const signals = [given?.signal, over].filter((signal) => signal !== undefined);
    const services = await this.#ports.connect({ ...given, signal: AbortSignal.any(signals) });
    this.#services = services;
    // A signal ends a membership that stands, too: its provider leaves with reason `quit`.
    const onOver = (): void => void services.close();
    const stopListening = whenAborted(over, onOver);
    const forget = (): void => {
      stopListening();
      if (this.#services === services) this.#services = undefined;
    };
    void services.closed.then(forget);
    return services;
  }

  #isOver(): boolean {
    return this.#over?.aborted === true;
  }
}

/** How and when a membership ended. */
interface Ending {
  readonly reason: RemovedReason;
  readonly at: number;
  readonly joinedAt: number;
}

async function endingOf(
  provider: Provider<GroupTypes>,
  joinedAt: number,
  now: () => number,
): Promise<Ending> {
  invariant(provider instanceof GroupProvider, 'every provider is made by this package');
  // Not an `on` handler: the removal may have arrived together with the answer to the join.
  const reason = await provider.removal;
  return { reason, at: now(), joinedAt };
}
