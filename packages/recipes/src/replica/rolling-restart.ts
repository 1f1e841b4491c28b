import { defineGroup } from '@group-services/client';
import { json } from '../base/json.js';
import { Patience, patiently, unlessAborted } from '../base/waiting.js';
import {
  checkCount,
  checkFunction,
  groupName,
  type WaitOptions,
  type Where,
} from '../base/where.js';
import type { ActionContext, Machine } from './machine.js';
import type { ReplicaMember } from './member.js';
import { Replica, type ReplicaOptions } from './replica.js';

export interface RollingRestartOptions extends ReplicaOptions {
  /** So many members are up at any time, besides the one that restarts; the same for all. */
  readonly minimum: number;
  /**
   * Restarts this member when it is its turn: in this process, and then it resolves when it is up again; or
   * by ending the process, and then its successor takes part as a newcomer.
   */
  readonly restart: () => Promise<void> | void;
}

export interface RollingRestart extends AsyncDisposable {
  /**
   * Restarts everybody who is a member now, one after the other, the oldest last. Resolves when that is
   * done; rejects with what one of them threw, and the rest stays as it is. If one is under way, it is that one.
   * Given up, it goes on.
   */
  run(options?: WaitOptions): Promise<void>;
}

/** A member of a fleet that is restarted one by one, never below so many that are up. */
export async function rollingRestart(
  where: Where,
  name: string,
  options: RollingRestartOptions,
): Promise<RollingRestart> {
  const { minimum } = options;
  checkCount('minimum', minimum, 0);
  checkFunction('restart', options.restart);
  const version = `rolling restart, ${minimum} stay up`;
  const group = defineGroup({ name: groupName('rolling-restart', name), attributes: { version } });
  const title = `rolling restart ${name}`;
  const fleet = new Fleet(
    title,
    options,
    (machine) => new Replica({ where, group, title, machine }, options),
  );
  await fleet.ready();
  return fleet;
}

type Action =
  | { readonly op: 'begin' }
  | { readonly op: 'done'; readonly failed?: string | undefined };

interface Saved {
  readonly members: readonly string[];
  readonly turns: readonly string[];
  readonly current: string | undefined;
}

/** Whose turn it is. */
class Turns implements Machine {
  readonly #minimum: number;
  readonly #turn: (id: string) => void;
  readonly #over: (failed: string | undefined) => void;
  #members: readonly string[] = [];
  #turns: readonly string[] = [];
  #current: string | undefined;

  constructor(
    minimum: number,
    turn: (id: string) => void,
    over: (failed: string | undefined) => void,
  ) {
    this.#minimum = minimum;
    this.#turn = turn;
    this.#over = over;
  }

  get current(): string | undefined {
    return this.#current;
  }

  get isRunning(): boolean {
    return this.#current !== undefined || this.#turns.length > 0;
  }

  apply(bytes: Uint8Array, { from }: ActionContext): void {
    const action = json.decode(bytes) as Action;
    if (action.op === 'begin') {
      if (this.isRunning) return;
      this.#turns = [...this.#members].reverse();
      this.#next();
    } else if (from === this.#current) {
      this.#current = undefined;
      if (action.failed !== undefined) this.#turns = [];
      this.#next(action.failed);
    }
  }

  members({ providers }: Parameters<Machine['members']>[0]): void {
    this.#members = providers;
    if (!this.isRunning) return;
    this.#turns = this.#turns.filter((id) => providers.includes(id));
    if (this.#current !== undefined && !providers.includes(this.#current)) {
      this.#current = undefined;
    }
    this.#next();
  }

  save(): Uint8Array {
    const saved: Saved = {
      members: this.#members,
      turns: this.#turns,
      current: this.#current,
    };
    return json.encode(saved);
  }

  load(state: Uint8Array): void {
    const { members, turns, current } = json.decode(state) as Saved;
    this.#members = members;
    this.#turns = turns;
    this.#current = current;
    // It may be that of this very member, which has just come.
    if (current !== undefined) this.#turn(current);
  }

  /** The next one's turn, if enough others are up; otherwise when they are. */
  #next(failed?: string): void {
    if (this.#current !== undefined) return;
    const [next, ...others] = this.#turns;
    if (next === undefined) return this.#over(failed);
    if (this.#members.length - 1 < this.#minimum) return;
    this.#turns = others;
    this.#current = next;
    this.#turn(next);
  }
}

class Fleet implements RollingRestart {
  readonly #title: string;
  readonly #options: RollingRestartOptions;
  readonly #replica: Replica;
  readonly #machine: Turns;
  #waiting: ((failed: string | undefined) => void)[] = [];

  constructor(
    title: string,
    options: RollingRestartOptions,
    replicaOf: (machine: Turns) => Replica,
  ) {
    this.#title = title;
    this.#options = options;
    this.#machine = new Turns(
      options.minimum,
      (id) => void this.#turn(id),
      (failed) => {
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const settle of waiting) settle(failed);
      },
    );
    this.#replica = replicaOf(this.#machine);
    void this.#replica.ended.then(() => {
      for (const settle of this.#waiting) settle('this member has left');
    });
  }

  async ready(): Promise<void> {
    await this.#replica.member();
  }

  async run(options: WaitOptions = {}): Promise<void> {
    const patience = new Patience(`${this.#title}: running it`, options);
    const failed = await patiently(patience, async (signal) => {
      const member = await this.#replica.member({ signal });
      const over = new Promise<string | undefined>((resolve) => this.#waiting.push(resolve));
      await member.dispatch(json.encode({ op: 'begin' }), signal);
      return await unlessAborted(over, signal);
    });
    if (failed !== undefined) throw new Error(`the rolling restart was broken off: ${failed}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#replica[Symbol.asyncDispose]();
  }

  async #turn(id: string): Promise<void> {
    const member = await this.#replica.member().catch(() => undefined);
    if (member === undefined || member.id !== id || this.#machine.current !== id) return;
    await this.#restart(member);
  }

  async #restart(member: ReplicaMember): Promise<void> {
    let failed: string | undefined;
    try {
      await this.#options.restart();
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error);
    }
    // If the membership is lost, so is the turn.
    await member.dispatch(json.encode({ op: 'done', failed })).catch(() => {});
  }
}
