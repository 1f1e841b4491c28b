import { isDeepStrictEqual } from 'node:util';
import {
  AbortedError,
  type Bytes,
  ConnectionLostError,
  defineGroup,
  OverloadedError,
  type Provider,
  RejectedError,
  RemovedError,
  StateChangedError,
  type Subscription,
  type VoteHandler,
} from '@group-services/client';
import { overConnections } from '../base/connections.js';
import { Feed } from '../base/feed.js';
import { json, readJson } from '../base/json.js';
import { endOf, memberships } from '../base/memberships.js';
import { Patience, unlessAborted, whenAborted } from '../base/waiting.js';
import {
  groupName,
  instanceName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';

/** Somebody who is here. */
export interface Present<T> {
  readonly id: string;
  readonly metadata: T;
}

export interface PresenceChange<T> extends Present<T> {
  readonly type: 'entered' | 'updated' | 'left';
}

/** Being here; ends with its block, by `leave()`, or with the process. */
export interface Entrance<T> extends AsyncDisposable {
  readonly id: string;
  update(metadata: T): Promise<void>;
  leave(): Promise<void>;
}

/** Who is here. Whoever only looks is seen by nobody. */
export interface Presence<T> extends AsyncIterable<PresenceChange<T>>, AsyncDisposable {
  /** Resolves when everybody can see this one; OverloadedError if all metadata together are too long. */
  enter(metadata: T, options?: WaitOptions): Promise<Entrance<T>>;
  /** As it is known here, oldest first. */
  list(): Present<T>[];
}

/** All metadata in one state value of at most 64 KiB. */
const BYTES_MAX = 60 * 1024;

type Metadata = Readonly<Record<string, unknown>>;

/**
 * Shows who is here, with some words about each; a few hundred at most, since all of that is one value of
 * the group. Metadata are whatever JSON can hold.
 */
export async function presence<T>(
  where: Where,
  name: string,
  options: RecipeOptions = {},
): Promise<Presence<T>> {
  const room = new Room<T>(where, name, options);
  await room.ready;
  return room;
}

class Room<T> implements Presence<T> {
  /** Settled when it watches. */
  readonly ready: Promise<void>;
  readonly #where: Where;
  readonly #name: string;
  readonly #changes = new Feed<PresenceChange<T>>();
  readonly #end = new AbortController();
  readonly #over: AbortSignal;
  readonly #watching: Promise<void>;
  #present: readonly Present<T>[] = [];

  constructor(where: Where, name: string, { signal }: RecipeOptions) {
    this.#where = where;
    this.#name = groupName('presence', name);
    this.#over =
      signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal]);
    let isReady: () => void = () => {};
    let failed: (error: unknown) => void = () => {};
    this.ready = new Promise<void>((resolve, reject) => {
      isReady = resolve;
      failed = reject;
    });
    this.#watching = this.#watch(isReady)
      // Unless it has watched before.
      .then(() => failed(this.#endedEarly()), failed)
      .then(() => this.#changes.end());
  }

  async enter(metadata: T, options: WaitOptions = {}): Promise<Entrance<T>> {
    const group = defineGroup({
      name: this.#name,
      attributes: {
        version: 'presence',
        joinPhases: 'voting',
        defaultVote: 'approve',
        timeLimit: 5_000,
      },
    });
    const entrance = new Inside<T>(metadata);
    const life = AbortSignal.any([this.#over, entrance.signal]);
    const { instance, vote } = entrance;
    const seats = memberships(this.#where, group, { signal: life, instance, vote });
    const patience = new Patience(`${this.#name}: entering`, options, this.#over);
    const giveUp = whenAborted(patience.signal, () => void entrance.leave());
    try {
      await unlessAborted(entrance.follow(seats, this.#name), patience.signal);
    } catch (error) {
      // Whoever is told that it is not in is not to come in later.
      void entrance.leave();
      void seats.return().catch(() => {});
      throw error;
    } finally {
      giveUp();
      patience.done();
    }
    return entrance;
  }

  list(): Present<T>[] {
    return [...this.#present];
  }

  [Symbol.asyncIterator](): AsyncIterator<PresenceChange<T>> {
    return this.#changes.read();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#watching;
  }

  #endedEarly(): Error {
    const message = `${this.#name} was ended before it was watched`;
    return new AbortedError(message, { cause: this.#over.reason });
  }

  async #watch(isReady: () => void): Promise<void> {
    await overConnections(this.#where, this.#over, async (services) => {
      const subscription = await services.subscribe(this.#name, {
        persistent: true,
        signal: this.#over,
      });
      const forget = whenAborted(this.#over, () => void subscription.close());
      this.#look(subscription);
      isReady();
      for await (const _event of subscription) this.#look(subscription);
      forget();
    });
  }

  #look({ view, stateValue }: Subscription<Bytes>): void {
    const metadata = readMetadata(stateValue);
    const before = new Map(this.#present.map((each) => [each.id, each]));
    // Metadata come with the join; an id without them is not of this recipe.
    this.#present = view.providers.flatMap((id) =>
      id in metadata ? [{ id, metadata: metadata[id] as T }] : [],
    );
    for (const each of this.#present) {
      const known = before.get(each.id);
      before.delete(each.id);
      if (known === undefined) this.#changes.push({ type: 'entered', ...each });
      else if (JSON.stringify(known.metadata) !== JSON.stringify(each.metadata)) {
        this.#changes.push({ type: 'updated', ...each });
      }
    }
    for (const each of before.values()) this.#changes.push({ type: 'left', ...each });
  }
}

function readMetadata(stateValue: Uint8Array | undefined): Metadata {
  const value = readJson(stateValue);
  return typeof value === 'object' && value !== null ? (value as Metadata) : {};
}

/** Of those who are there, without those who have gone. */
function kept(metadata: Metadata, providers: readonly string[]): Metadata {
  return Object.fromEntries(
    providers.flatMap((id) => (id in metadata ? [[id, metadata[id]]] : [])),
  );
}

/**
 * A member whose metadata come into the group with itself: its vote on its own join carries the new state
 * value, so that nobody ever sees one without the other.
 */
class Inside<T> implements Entrance<T> {
  readonly #end = new AbortController();
  #instance = '';
  #provider: Provider<Bytes> | undefined;
  #metadata: T;
  #isFull = false;
  #left: Promise<void> = Promise.resolve();

  constructor(metadata: T) {
    this.#metadata = metadata;
  }

  get id(): string {
    return this.#provider?.id ?? '';
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  readonly instance = (): string => {
    this.#instance = instanceName('here');
    return this.#instance;
  };

  readonly vote: VoteHandler<Bytes> = (ballot) => {
    const id = ballot.joining.find((each) => each.endsWith(`/${this.#instance}`));
    if (id === undefined) return 'approve';
    const others = kept(readMetadata(ballot.stateValue), ballot.view.providers);
    const stateValue = json.encode({ ...others, [id]: this.#metadata });
    this.#isFull = stateValue.length > BYTES_MAX;
    return this.#isFull ? 'reject' : { value: 'approve', stateValue };
  };

  /** Resolves when it is in; goes in again by itself as long as it is to be there. */
  async follow(seats: ReturnType<typeof memberships<Bytes>>, title: string): Promise<void> {
    try {
      let provider: Provider<Bytes>;
      do {
        const { value: membership, done } = await seats.next();
        if (done) throw new ConnectionLostError(`${title}: the connection ended while entering`);
        provider = membership.provider;
        this.#provider = provider;
      } while (!(await this.#introduces()));
      this.#left = this.#stay(seats, provider);
      this.#left.catch(() => {});
    } catch (error) {
      if (!(error instanceof RejectedError) || !this.#isFull) throw error;
      const message = `${title}: all metadata together are longer than ${BYTES_MAX} bytes`;
      throw new OverloadedError(message, { limit: 'presence', cause: error });
    }
  }

  /** Whether the group has its metadata. The first member of all was asked for no vote. */
  async #introduces(): Promise<boolean> {
    try {
      await this.update(this.#metadata);
      return true;
    } catch (error) {
      const isLost = error instanceof ConnectionLostError || error instanceof RemovedError;
      if (!isLost) throw error;
      return false;
    }
  }

  async update(metadata: T): Promise<void> {
    this.#metadata = metadata;
    for (;;) {
      const provider = this.#provider;
      if (provider === undefined) return;
      const { stateValue, view, id } = provider;
      if (isDeepStrictEqual(readMetadata(stateValue)[id], metadata)) return;
      const next = json.encode({
        ...kept(readMetadata(stateValue), view.providers),
        [id]: metadata,
      });
      if (next.length > BYTES_MAX) {
        const message = `all metadata together are longer than ${BYTES_MAX} bytes`;
        throw new OverloadedError(message, { limit: 'presence' });
      }
      try {
        await provider.changeState(next, { ifState: stateValue ?? null });
        return;
      } catch (error) {
        if (!(error instanceof StateChangedError)) throw error;
      }
    }
  }

  async leave(): Promise<void> {
    this.#end.abort();
    await this.#left.catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #stay(seats: ReturnType<typeof memberships<Bytes>>, first: Provider<Bytes>): Promise<void> {
    await endOf(first);
    for await (const { provider } of seats) {
      this.#provider = provider;
      await this.update(this.#metadata).catch(() => {});
      await endOf(provider);
    }
  }
}
