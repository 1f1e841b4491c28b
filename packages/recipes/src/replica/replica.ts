import {
  AbortedError,
  type Bytes,
  ConnectionLostError,
  type GroupDefinition,
} from '@group-services/client';
import { memberships } from '../base/memberships.js';
import { Patience, patiently, unlessAborted } from '../base/waiting.js';
import type { RecipeOptions, WaitOptions, Where } from '../base/where.js';
import type { Machine } from './machine.js';
import { ReplicaMember } from './member.js';

/** What recipes on a replicated state take. */
export interface ReplicaOptions extends RecipeOptions {
  /** Receives what belongs to no call; when omitted, it becomes a process warning. */
  readonly onError?: ((error: Error) => void) | undefined;
}

export interface ReplicaPlan {
  readonly where: Where;
  readonly group: GroupDefinition<Bytes>;
  /** For errors: `map sessions`. */
  readonly title: string;
  readonly machine: Machine;
}

/** A replicated state over all memberships of one handle. */
export class Replica implements AsyncDisposable {
  readonly #plan: ReplicaPlan;
  readonly #options: ReplicaOptions;
  readonly #end = new AbortController();
  readonly #over: AbortSignal;
  /** Resolves when there will be no member any more; never rejects. */
  readonly ended: Promise<void>;
  #member: ReplicaMember | undefined;
  /** Why there will be no member any more. */
  #failure: Error | undefined;
  #wake: (() => void)[] = [];

  constructor(plan: ReplicaPlan, options: ReplicaOptions) {
    this.#plan = plan;
    this.#options = options;
    const { signal } = options;
    this.#over =
      signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal]);
    this.ended = this.#run();
  }

  /** Resolves with the member that has the state, as soon as there is one. */
  async member(options: WaitOptions = {}): Promise<ReplicaMember> {
    const patience = new Patience(this.#plan.title, options, this.#over);
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#member?.isReady && !this.#member.signal.aborted) return this.#member;
        await unlessAborted(
          new Promise<void>((resolve) => this.#wake.push(resolve)),
          patience.signal,
        );
      }
    } finally {
      patience.done();
    }
  }

  /** Runs an action; waits for a membership first, if there is none at present. */
  async dispatch(action: Uint8Array, options: WaitOptions = {}): Promise<unknown> {
    return await patiently(new Patience(this.#plan.title, options, this.#over), async (signal) => {
      const member = await this.member({ signal });
      return await member.dispatch(action, signal);
    });
  }

  /** Whether this member is the oldest at present: who does what one of them has to do. */
  get isOldest(): boolean {
    return this.#member?.isReady === true && this.#member.isOldest;
  }

  report(error: unknown): void {
    const told = error instanceof Error ? error : new Error(String(error));
    if (this.#options.onError) this.#options.onError(told);
    else process.emitWarning(told);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.ended;
  }

  async #run(): Promise<void> {
    const { where, group, machine, title } = this.#plan;
    let failure: unknown;
    try {
      for await (const { provider } of memberships(where, group, { signal: this.#over })) {
        const member = new ReplicaMember(provider, machine, {
          ready: () => this.#wakeAll(),
          error: (error) => this.report(error),
        });
        this.#member = member;
        await member.follow();
        this.#member = undefined;
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
