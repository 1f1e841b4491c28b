import {
  AbortedError,
  type Bytes,
  ConnectionLostError,
  type GroupDefinition,
  type Provider,
} from '@group-services/client';
import { type MemberOptions, memberships } from './memberships.js';
import { Patience, unlessAborted } from './waiting.js';
import type { RecipeOptions, WaitOptions, Where } from './where.js';

export interface StandingPlan {
  readonly where: Where;
  readonly group: GroupDefinition<Bytes>;
  /** For errors: `barrier start`. */
  readonly title: string;
  readonly member: Pick<MemberOptions<Bytes>, 'vote' | 'onError' | 'instance'>;
  /** Follows one membership until it has ended. */
  readonly follow: (provider: Provider<Bytes>) => Promise<void>;
}

/** A membership that is kept up in the background for as long as its handle lives. */
export class Standing implements AsyncDisposable {
  /** Resolves when there will be no membership any more; never rejects. */
  readonly ended: Promise<void>;
  readonly #plan: StandingPlan;
  readonly #end = new AbortController();
  readonly #over: AbortSignal;
  #provider: Provider<Bytes> | undefined;
  #failure: Error | undefined;
  #wake: (() => void)[] = [];

  constructor(plan: StandingPlan, { signal }: RecipeOptions) {
    this.#plan = plan;
    this.#over =
      signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal]);
    this.ended = this.#run();
  }

  get signal(): AbortSignal {
    return this.#over;
  }

  /** The present membership, or the next one. */
  async provider(options: WaitOptions = {}): Promise<Provider<Bytes>> {
    const patience = new Patience(this.#plan.title, options, this.#over);
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#provider !== undefined) return this.#provider;
        const change = new Promise<void>((resolve) => this.#wake.push(resolve));
        await unlessAborted(change, patience.signal);
      }
    } finally {
      patience.done();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.ended;
  }

  async #run(): Promise<void> {
    const { where, group, title, member, follow } = this.#plan;
    let failure: unknown;
    try {
      const seats = memberships(where, group, { ...member, signal: this.#over });
      for await (const { provider } of seats) {
        this.#provider = provider;
        this.#wakeAll();
        await follow(provider);
        this.#provider = undefined;
      }
    } catch (error) {
      failure = error;
    }
    if (failure instanceof Error) this.#failure = failure;
    else if (this.#over.aborted) {
      this.#failure = new AbortedError(`${title} was ended`, { cause: this.#over.reason });
    } else this.#failure = new ConnectionLostError(`${title}: the connection has ended`);
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
