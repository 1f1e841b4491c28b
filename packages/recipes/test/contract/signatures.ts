import type { Codec, ConnectOptions, GroupServices } from '@group-services/client';

/**
 * The signatures of the recipes as the design has them, in a compiler's words: what a program written
 * against the design may rely on. What the package has beyond that (`onError`, `timeout`, more fields) is
 * its own; `signatures.test.ts` compares the two.
 */

/** A connection of the program, or how the recipe makes and keeps its own. */
type Where = GroupServices | ConnectOptions;

interface Ending {
  readonly signal?: AbortSignal;
}

interface Waiting extends Ending {
  readonly timeout?: number;
}

interface Term {
  readonly fence: string;
  readonly signal: AbortSignal;
  resign(): Promise<void>;
}

interface Lock extends AsyncDisposable {
  readonly fence: string;
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

interface Locks extends AsyncDisposable {
  acquire(o?: Waiting): Promise<Lock>;
}

interface Assignment {
  readonly owned: readonly string[];
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly fence: string;
  readonly signal: AbortSignal;
}

interface Replicated<S, A> extends AsyncDisposable {
  readonly state: S;
  dispatch(action: A): Promise<S>;
  subscribe(f: (state: S, action: A) => void): () => void;
}

interface Book<V> {
  get(key: string): V | undefined;
  get(key: string, options: { readonly fresh: true }): Promise<V | undefined>;
  set(key: string, value: V, options?: { readonly ttl?: number }): Promise<void>;
  delete(key: string): Promise<boolean>;
  cas(key: string, expected: V | undefined, value: V | undefined): Promise<boolean>;
  entries(): Iterable<[string, V]>;
  watch(key?: string, options?: Ending): AsyncIterable<{ readonly key: string }>;
}

interface Work<T> {
  push(item: T): Promise<void>;
  take(o?: Waiting): Promise<{ readonly item: T; ack(): Promise<void>; nack(): Promise<void> }>;
}

interface Here<T> extends AsyncIterable<unknown> {
  enter(metadata: T): Promise<unknown>;
  list(): readonly { readonly metadata: T }[];
}

interface Circle<Q, R> {
  ask(to: string, request: Q): Promise<R>;
  askAll(
    request: Q,
    o?: { readonly quorum?: number },
  ): Promise<readonly { readonly value?: R | undefined }[]>;
  answer(handler: (request: Q, from: string) => R | Promise<R>): void;
}

/** By the name under which a program imports it. */
export interface Design<S, A, V> {
  elect(where: Where, name: string, options?: Ending): AsyncIterable<Term>;
  singleton(
    where: Where,
    name: string,
    run: (term: Term) => Promise<void>,
    options?: Ending,
  ): Promise<void>;
  mutex(where: Where, name: string, options?: Ending): Promise<Locks>;
  semaphore(where: Where, name: string, permits: number, options?: Ending): Promise<Locks>;
  rwlock(
    where: Where,
    name: string,
    options?: Ending,
  ): Promise<{ read(o?: Waiting): Promise<Lock>; write(o?: Waiting): Promise<Lock> }>;
  barrier(
    where: Where,
    name: string,
    options?: Ending & { readonly parties?: number },
  ): Promise<{ meet(o?: Waiting): Promise<{ readonly present: readonly string[] }> }>;
  partition(
    where: Where,
    name: string,
    options: Ending & { readonly keys: readonly string[]; readonly weight?: number },
  ): AsyncIterable<Assignment>;
  replicated(
    where: Where,
    name: string,
    options: Ending & {
      readonly initial: S;
      readonly reduce: (state: S, action: A) => S;
      readonly codec?: Codec;
    },
  ): Promise<Replicated<S, A>>;
  map(where: Where, name: string, options?: Ending): Promise<Book<V>>;
  queue(where: Where, name: string, options?: Ending): Promise<Work<V>>;
  once(where: Where, key: string, f: () => Promise<V>, options?: Ending): Promise<V>;
  rollout(
    where: Where,
    name: string,
    options: Ending & Readonly<Record<'prepare' | 'commit' | 'abort', (value: V) => Promise<void>>>,
  ): Promise<{ propose(value: V): Promise<unknown> }>;
  rollingRestart(
    where: Where,
    name: string,
    options: Ending & { readonly minimum: number; readonly restart: () => Promise<void> },
  ): Promise<unknown>;
  presence(where: Where, name: string, options?: Ending): Promise<Here<V>>;
  scatter(where: Where, name: string, options?: Ending): Promise<Circle<V, A>>;
}
