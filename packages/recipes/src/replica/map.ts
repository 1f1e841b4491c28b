import { defineGroup, InvalidArgumentError } from '@group-services/client';
import { Feed } from '../base/feed.js';
import { json } from '../base/json.js';
import { whenAborted } from '../base/waiting.js';
import { groupName, type RecipeOptions, type WaitOptions, type Where } from '../base/where.js';
import { type Change, type Entry, type MapAction, MapMachine } from './map-machine.js';
import { Replica, type ReplicaOptions } from './replica.js';

/** One change of one key; without a value it was deleted, without a previous one it is new. */
export interface MapChange<V> {
  readonly key: string;
  readonly value?: V | undefined;
  readonly previous?: V | undefined;
}

export interface SetOptions extends WaitOptions {
  /** The entry is deleted so many milliseconds after it was written, or a little later. */
  readonly ttl?: number | undefined;
}

export interface Fresh extends WaitOptions {
  /** Reads at a place of the order behind everything that was written before the call. */
  readonly fresh: true;
}

/** A map that all members have; values are whatever JSON can hold. */
export interface ReplicatedMap<V> extends AsyncDisposable {
  /** As it is here; other members may be ahead for a moment. */
  get(key: string): V | undefined;
  get(key: string, options: Fresh): Promise<V | undefined>;
  set(key: string, value: V, options?: SetOptions): Promise<void>;
  /** Resolves with whether there was something to delete. */
  delete(key: string, options?: WaitOptions): Promise<boolean>;
  /**
   * Writes only if the present value is like `expected`; undefined stands for no value in both places.
   * Resolves with whether it did.
   */
  cas(
    key: string,
    expected: V | undefined,
    value: V | undefined,
    options?: WaitOptions,
  ): Promise<boolean>;
  entries(): [string, V][];
  entries(options: Fresh): Promise<[string, V][]>;
  /** Changes of one key, or of all, from now on until the signal aborts. */
  watch(key?: string, options?: RecipeOptions): AsyncIterableIterator<MapChange<V>>;
}

/**
 * A map with linearizable writes; reads are local, or linearizable with `{ fresh: true }`. Resolves when
 * the entries are here. The map lives as long as some member has it.
 */
export async function map<V>(
  where: Where,
  name: string,
  options: ReplicaOptions = {},
): Promise<ReplicatedMap<V>> {
  const group = defineGroup({ name: groupName('map', name), attributes: { version: 'map' } });
  const handle = new MapHandle<V>(
    (machine) => new Replica({ where, group, title: `map ${name}`, machine }, options),
  );
  await handle.ready();
  return handle;
}

class MapHandle<V> implements ReplicatedMap<V> {
  readonly #replica: Replica;
  readonly #machine: MapMachine;
  readonly #changes = new Feed<Change>();
  readonly #expiry: Expiry;

  constructor(replicaOf: (machine: MapMachine) => Replica) {
    this.#expiry = new Expiry({
      isPresent: (key, version) => this.#machine.entries.get(key)?.version === version,
      isOurs: () => this.#replica.isOldest,
      expire: (key, version) => this.#do({ op: 'expire', key, version }),
    });
    this.#machine = new MapMachine({
      changed: (change) => this.#changes.push(change),
      written: (key, entry) => this.#expiry.written(key, entry),
    });
    this.#replica = replicaOf(this.#machine);
    void this.#replica.ended.then(() => {
      this.#expiry.stop();
      this.#changes.end();
    });
  }

  async ready(): Promise<void> {
    await this.#replica.member();
  }

  get(key: string): V | undefined;
  get(key: string, options: Fresh): Promise<V | undefined>;
  get(key: string, options?: Fresh): V | undefined | Promise<V | undefined> {
    // Values come from `set` and `cas` of the same type.
    if (options?.fresh) return this.#do({ op: 'read', key }, options) as Promise<V | undefined>;
    return this.#machine.entries.get(key)?.value as V | undefined;
  }

  async set(key: string, value: V, { ttl, ...options }: SetOptions = {}): Promise<void> {
    if (value === undefined)
      throw invalid('value', 'must not be undefined; delete(key) removes it');
    if (ttl === undefined) await this.#do({ op: 'set', key, value }, options);
    else if (ttl > 0 && ttl <= TTL_MAX_MS) await this.#do({ op: 'set', key, value, ttl }, options);
    else
      throw invalid('ttl', `must be a number of milliseconds, above 0 and at most ${TTL_MAX_MS}`);
  }

  async delete(key: string, options?: WaitOptions): Promise<boolean> {
    return (await this.#do({ op: 'delete', key }, options)) === true;
  }

  async cas(
    key: string,
    expected: V | undefined,
    value: V | undefined,
    options?: WaitOptions,
  ): Promise<boolean> {
    return (await this.#do({ op: 'cas', key, was: expected, value }, options)) === true;
  }

  entries(): [string, V][];
  entries(options: Fresh): Promise<[string, V][]>;
  entries(options?: Fresh): [string, V][] | Promise<[string, V][]> {
    if (options?.fresh !== true) return pairs(this.#machine.entries);
    return this.#do({ op: 'read' }, options).then((read) => pairs(read as [string, Entry][]));
  }

  watch(key?: string, { signal }: RecipeOptions = {}): AsyncIterableIterator<MapChange<V>> {
    const changes = this.#changes.read((change) => key === undefined || change.key === key);
    whenAborted(signal, () => void changes.return?.());
    return changes as AsyncIterableIterator<MapChange<V>>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#replica[Symbol.asyncDispose]();
  }

  async #do(action: MapAction, options?: WaitOptions): Promise<unknown> {
    if ('key' in action && typeof action.key !== 'string') throw invalid('key', 'must be a text');
    return await this.#replica.dispatch(json.encode(action), options);
  }
}

/** The longest time that a timer can run. */
const TTL_MAX_MS = 2 ** 31 - 1;

function pairs<V>(entries: Iterable<readonly [string, Entry]>): [string, V][] {
  return [...entries].map(([key, { value }]) => [key, value as V]);
}

function invalid(argument: string, rule: string): InvalidArgumentError {
  return new InvalidArgumentError(`${argument} ${rule}`, { argument });
}

interface ExpiryPorts {
  readonly isPresent: (key: string, version: number) => boolean;
  /** Whether this member is the one that ends what is over. */
  readonly isOurs: () => boolean;
  readonly expire: (key: string, version: number) => Promise<unknown>;
}

/** Who is not the oldest looks again after so long whether it has become that. */
const LOOK_AGAIN_MS = 250;

/**
 * Ends entries whose time is over. Each member counts from when it got the entry, and the oldest one says
 * that it is over: at that place of the order it is, for everybody.
 */
class Expiry {
  readonly #ports: ExpiryPorts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ports: ExpiryPorts) {
    this.#ports = ports;
  }

  written(key: string, { version, ttl }: Entry): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (ttl !== undefined) this.#wait(key, version, ttl);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #wait(key: string, version: number, milliseconds: number): void {
    const timer = setTimeout(() => this.#due(key, version), milliseconds);
    timer.unref();
    this.#timers.set(key, timer);
  }

  #due(key: string, version: number): void {
    this.#timers.delete(key);
    if (!this.#ports.isPresent(key, version)) return;
    // Should the word get lost with the connection, it is said again.
    if (this.#ports.isOurs()) this.#ports.expire(key, version).catch(() => {});
    this.#wait(key, version, LOOK_AGAIN_MS);
  }
}
