import { type Codec, defineGroup } from '@group-services/client';
import { json } from '../base/json.js';
import { checkFunction, groupName, type WaitOptions, type Where } from '../base/where.js';
import type { Machine } from './machine.js';
import { Replica, type ReplicaOptions } from './replica.js';

/** What a replicated state is. */
export interface ReplicatedOptions<S, A> extends ReplicaOptions {
  /** The state of the first member. */
  readonly initial: S;
  /**
   * Gives the next state and leaves the old one as it is. It runs at every member and must depend on
   * nothing but its arguments. A throw refuses the action everywhere.
   */
  readonly reduce: (state: S, action: A) => S;
  /** For states and actions; UTF-8 JSON when omitted. */
  readonly codec?: Codec | undefined;
}

export interface Replicated<S, A> extends AsyncDisposable {
  /** As it is here; other members may be ahead for a moment. */
  readonly state: S;
  /**
   * Puts an action into the order; resolves with the state right behind it. Given up, it is withdrawn if it
   * has no place in the order yet.
   */
  dispatch(action: A, options?: WaitOptions): Promise<S>;
  /** Calls the handler after each action; gives back what stops it. */
  subscribe(handler: (state: S, action: A) => void): () => void;
}

/**
 * A state that all members have: each action is applied by all of them at the same place of one order, and
 * a newcomer gets the state from the oldest member. Resolves when the state is here.
 *
 * The state lives as long as some member has it.
 */
export async function replicated<S, A>(
  where: Where,
  name: string,
  options: ReplicatedOptions<S, A>,
): Promise<Replicated<S, A>> {
  checkFunction('reduce', options.reduce);
  const machine = new Reducer(options);
  const group = defineGroup({
    name: groupName('replicated', name),
    attributes: { version: 'replicated' },
  });
  const title = `replicated ${name}`;
  const replica = new Replica({ where, group, title, machine }, options);
  machine.report = (error) => replica.report(error);
  await replica.member();
  return new ReducedState(replica, machine);
}

type Handler<S, A> = (state: S, action: A) => void;

class Reducer<S, A> implements Machine {
  readonly codec: Codec;
  readonly #reduce: (state: S, action: A) => S;
  #handlers: readonly Handler<S, A>[] = [];
  #state: S;
  report: (error: unknown) => void = () => {};

  constructor({ initial, reduce, codec = json }: ReplicatedOptions<S, A>) {
    this.#state = initial;
    this.#reduce = reduce;
    this.codec = codec;
  }

  get state(): S {
    return this.#state;
  }

  apply(bytes: Uint8Array): S {
    // What a member with the same options has encoded.
    const action = this.codec.decode(bytes) as A;
    this.#state = this.#reduce(this.#state, action);
    for (const handler of this.#handlers) {
      try {
        handler(this.#state, action);
      } catch (error) {
        this.report(error);
      }
    }
    return this.#state;
  }

  members(): void {}

  save(): Uint8Array {
    return this.codec.encode(this.#state);
  }

  load(state: Uint8Array): void {
    this.#state = this.codec.decode(state) as S;
  }

  subscribe(handler: Handler<S, A>): () => void {
    const entry: Handler<S, A> = (state, action) => handler(state, action);
    this.#handlers = [...this.#handlers, entry];
    return () => {
      this.#handlers = this.#handlers.filter((each) => each !== entry);
    };
  }
}

class ReducedState<S, A> implements Replicated<S, A> {
  readonly #replica: Replica;
  readonly #machine: Reducer<S, A>;

  constructor(replica: Replica, machine: Reducer<S, A>) {
    this.#replica = replica;
    this.#machine = machine;
  }

  get state(): S {
    return this.#machine.state;
  }

  async dispatch(action: A, options?: WaitOptions): Promise<S> {
    const state = await this.#replica.dispatch(this.#machine.codec.encode(action), options);
    // What `apply` of the machine above has given.
    return state as S;
  }

  subscribe(handler: Handler<S, A>): () => void {
    return this.#machine.subscribe(handler);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#replica[Symbol.asyncDispose]();
  }
}
