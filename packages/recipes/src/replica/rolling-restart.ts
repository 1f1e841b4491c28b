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

/** So many runs that were broken off are remembered, for those who were away when it was told. */
const BROKEN_OFF_MAX = 16;

/** Why a run was broken off. */
type BrokenOff = readonly [run: number, why: string];

interface Saved {
  readonly run: number;
  readonly brokenOff: readonly BrokenOff[];
  readonly members: readonly string[];
  readonly turns: readonly string[];
  readonly current: string | undefined;
}

/** Whose turn it is. */
class Turns implements Machine {
  readonly #minimum: number;
  readonly #turn: (id: string) => void;
  readonly #over: () => void;
  /** The present run or the last one, counted from 1 on. */
  #run = 0;
  #brokenOff: readonly BrokenOff[] = [];
  #members: readonly string[] = [];
  #turns: readonly string[] = [];
  #current: string | undefined;

  constructor(minimum: number, turn: (id: string) => void, over: () => void) {
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

  /** What has become of a run; undefined: it goes on. */
  endOf(run: number): { readonly why: string | undefined } | undefined {
    if (run > this.#run) return { why: 'all members were lost at once' };
    if (run === this.#run && this.isRunning) return undefined;
    return { why: this.#brokenOff.find(([each]) => each === run)?.[1] };
  }

  /** To begin is answered with the number of the run. */
  apply(bytes: Uint8Array, { from }: ActionContext): number {
    const action = json.decode(bytes) as Action;
    if (action.op === 'begin') {
      if (!this.isRunning) this.#begin();
    } else if (from === this.#current) {
      this.#current = undefined;
      if (action.failed !== undefined) {
        this.#turns = [];
        const all: readonly BrokenOff[] = [...this.#brokenOff, [this.#run, action.failed]];
        this.#brokenOff = all.slice(-BROKEN_OFF_MAX);
      }
      this.#next();
    }
    return this.#run;
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
      run: this.#run,
      brokenOff: this.#brokenOff,
      members: this.#members,
      turns: this.#turns,
      current: this.#current,
    };
    return json.encode(saved);
  }

  load(state: Uint8Array): void {
    const { run, brokenOff, members, turns, current } = json.decode(state) as Saved;
    this.#run = run;
    this.#brokenOff = brokenOff;
    this.#members = members;
    this.#turns = turns;
    this.#current = current;
    // It may be that of this very member, which has just come.
    if (current !== undefined) this.#turn(current);
    // What one waits for may have ended while this member was away.
    this.#over();
  }

  #begin(): void {
    this.#run += 1;
    this.#turns = [...this.#members].reverse();
    this.#next();
  }

  /** The next one's turn, if enough others are up; otherwise when they are. */
  #next(): void {
    if (this.#current !== undefined) return;
    const [next, ...others] = this.#turns;
    if (next === undefined) return this.#over();
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
  readonly #waiting = new Set<() => void>();
  #hasLeft = false;

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
      () => this.#look(),
    );
    this.#replica = replicaOf(this.#machine);
    void this.#replica.ended.then(() => {
      this.#hasLeft = true;
      this.#look();
    });
  }

  async ready(): Promise<void> {
    await this.#replica.member();
  }

  async run(options: WaitOptions = {}): Promise<void> {
    const patience = new Patience(`${this.#title}: running it`, options);
    const why = await patiently(patience, async (signal) => {
      const member = await this.#replica.member({ signal });
      // The answer of the machine above. An earlier run may still be under way here, and be over for others.
      const run = (await member.dispatch(json.encode({ op: 'begin' }), signal)) as number;
      return await this.#endOf(run, signal);
    });
    if (why !== undefined) throw new Error(`the rolling restart was broken off: ${why}`);
  }

  /** Waits for the end of a run; gives why it was broken off, if it was. */
  async #endOf(run: number, signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const end = this.#machine.endOf(run);
      if (end !== undefined) return end.why;
      if (this.#hasLeft) return 'this member has left';
      let look = (): void => {};
      const change = new Promise<void>((resolve) => {
        look = resolve;
      });
      this.#waiting.add(look);
      try {
        await unlessAborted(change, signal);
      } finally {
        this.#waiting.delete(look);
      }
    }
  }

  #look(): void {
    for (const look of this.#waiting) look();
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
