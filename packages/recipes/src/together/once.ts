import {
  AbortedError,
  type Bytes,
  ConnectionLostError,
  defineGroup,
  type GroupServices,
  GroupServicesError,
  type Provider,
} from '@group-services/client';
import { json } from '../base/json.js';
import { endOf, memberships } from '../base/memberships.js';
import {
  checkFunction,
  groupName,
  isServices,
  type RecipeOptions,
  type Where,
} from '../base/where.js';

/** The right to do what is to be done once. */
export interface OnceTerm {
  /** As a string greater than that of everybody who tried before. */
  readonly fence: string;
  /** Aborts when the membership is lost: somebody else may be doing it from then on. */
  readonly signal: AbortSignal;
}

const UNTOLD: ReadonlySet<string> = new Set(['STATE_CHANGED', 'CONNECTION_LOST', 'REMOVED']);

/** What is known in one connection, so that asking again costs nothing. */
const known = new WeakMap<GroupServices, Map<string, Promise<unknown>>>();

/**
 * Runs a function to its end once for a key, in whichever process comes first, and gives its result to all
 * who ask; the result is whatever JSON can hold, and undefined comes as null. If it throws, or its process
 * dies, the next one that waits runs it.
 *
 * The result is remembered as long as one process that asked is connected: with a connection of the
 * program until that ends, otherwise until the signal aborts, or without one not beyond the call.
 */
export function once<T>(
  where: Where,
  key: string,
  f: (term: OnceTerm) => Promise<T> | T,
  options: RecipeOptions = {},
): Promise<T> {
  if (!isServices(where)) return doOnce(where, key, f, options).then(({ value }) => value);
  const keys = known.get(where) ?? new Map<string, Promise<unknown>>();
  known.set(where, keys);
  // The same key means the same function, and so the same type.
  const present = keys.get(key) as Promise<T> | undefined;
  if (present !== undefined) return present;
  const asked = doOnce(where, key, f, options);
  const forget = (): void => void keys.delete(key);
  const result = asked.then(({ value }) => value);
  keys.set(key, result);
  asked.then(({ forgotten }) => forgotten.then(forget), forget);
  return result;
}

interface Done<T> {
  readonly value: T;
  /** Settled when this process remembers it no more. */
  readonly forgotten: Promise<unknown>;
}

async function doOnce<T>(
  where: Where,
  key: string,
  f: (term: OnceTerm) => Promise<T> | T,
  { signal }: RecipeOptions,
): Promise<Done<T>> {
  checkFunction('f', f);
  const group = defineGroup({ name: groupName('once', key), attributes: { version: 'once' } });
  const seats = memberships(where, group, { signal });
  const stays = isServices(where) || signal !== undefined;
  try {
    for (;;) {
      const { value: membership, done } = await seats.next();
      if (done) break;
      const result = await attempt(membership.provider, f);
      if (result === undefined) continue;
      // Remembered by staying a member: the group's value lives as long as its members.
      const end = stays ? endOf(membership.provider) : Promise.resolve();
      const forgotten = end.then(
        () => seats.return(),
        () => seats.return(),
      );
      return { value: result.value as T, forgotten };
    }
  } catch (error) {
    await seats.return();
    throw error;
  }
  if (signal?.aborted) throw new AbortedError(`once ${key} was aborted`, { cause: signal.reason });
  throw new ConnectionLostError(`once ${key}: the connection has ended`);
}

/** Waits for the result, or for its own turn to make it; undefined: the membership ended before. */
async function attempt<T>(
  provider: Provider<Bytes>,
  f: (term: OnceTerm) => Promise<T> | T,
): Promise<{ readonly value: unknown } | undefined> {
  const over = new AbortController();
  let mine: Promise<{ readonly value: unknown } | undefined> | undefined;
  for await (const event of provider) {
    if (event.type === 'removed') over.abort(new ConnectionLostError(event.reason));
    const { stateValue } = provider;
    if (stateValue !== undefined) return { value: json.decode(stateValue) };
    if (!provider.isOldest || mine !== undefined) continue;
    mine = perform(provider, f, over.signal);
    const ended = mine;
    // A member that failed lets the next one try; the events that follow end this loop.
    ended.catch(() => provider.goodbye()).catch(() => {});
  }
  return await mine;
}

async function perform<T>(
  provider: Provider<Bytes>,
  f: (term: OnceTerm) => Promise<T> | T,
  signal: AbortSignal,
): Promise<{ readonly value: unknown } | undefined> {
  const value = (await f({ fence: provider.view.fence, signal })) ?? null;
  // Somebody else may be at it: what this one has made does not count.
  if (signal.aborted) return undefined;
  try {
    await provider.changeState(json.encode(value), { ifState: null });
  } catch (error) {
    // Another has made it, or nobody can say whether this one has: the value of the group tells.
    if (!(error instanceof GroupServicesError) || !UNTOLD.has(error.code)) throw error;
  }
  return undefined;
}
