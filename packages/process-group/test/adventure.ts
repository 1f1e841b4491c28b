import { Rng } from '@group-services/core';
import type { PartialAttributes, Phases } from '@group-services/wire';
import type { Daemon } from './daemon.js';
import { PerfectMetagroup, type Step } from './perfect-metagroup.js';
import { bytesOf, Process } from './processes.js';

const NODES = ['a', 'b', 'c'];
const INSTANCES = ['x', 'y', undefined, undefined];
const VALUES = ['approve', 'approve', 'approve', 'continue', 'reject', 'default'] as const;
/** Some groups agree most of the time, so that what was voted on takes effect. */
const AGREEING = [...Array(12).fill('approve' as const), ...VALUES] as const;
/** In others little of it does. */
const CONTRARY = [...VALUES, 'reject', 'reject'] as const;
const DEFAULTS = ['approve', 'reject'] as const;
const PHASES = [1, 'voting', { exactly: 1 }, { exactly: 2 }] as const;

interface Options {
  /** Every kind of protocol may be voted on, and batched. */
  readonly isVoting: boolean;
}

/** A long random life of one group over three daemons; one seed is one life. */
export class Adventure {
  readonly metagroup: PerfectMetagroup;
  readonly processes: Process[] = [];
  readonly #rng: Rng;
  /** For what was added later: lives that are known keep their course without it. */
  readonly #more: Rng;
  /** In some lives several messages travel as one. */
  readonly #bundles: Rng | undefined;
  readonly #isVoting: boolean;
  /** How its providers vote. */
  readonly #values: readonly (typeof VALUES)[number][];
  #nextClient = 1;
  #texts = new Map<Process, number>();

  constructor(seed: number, { isVoting }: Options = { isVoting: false }) {
    this.#isVoting = isVoting;
    this.#rng = new Rng(seed);
    this.#more = new Rng(seed ^ 0x5bd1e995);
    const bundles = new Rng(seed ^ 0x1b873593);
    this.#bundles = bundles.chance(0.4) ? bundles : undefined;
    this.#values = this.#rng.pick([VALUES, AGREEING, CONTRARY]);
    this.metagroup = new PerfectMetagroup({ proposalQueue: 12 });
    for (const node of NODES) this.metagroup.start(node);
  }

  run(actions: number): void {
    for (let i = 0; i < actions; i += 1) {
      this.#act();
      const steps = this.#rng.between(0, 6);
      for (let k = 0; k < steps; k += 1) this.#choose(this.metagroup.steps())?.run();
    }
    this.rest();
  }

  /** Faults end; everything that can still happen happens. */
  rest(): void {
    this.metagroup.flow(true);
    for (let i = 0; i < (this.#isVoting ? 60 : 4); i += 1) {
      this.metagroup.settle((steps) => this.#choose(steps));
      this.#voteAll();
      this.metagroup.advance(this.#isVoting ? 31_000 : 600);
    }
    this.metagroup.settle((steps) => this.#choose(steps));
  }

  #choose(steps: readonly Step[]): Step | undefined {
    return steps.length === 0 ? undefined : this.#rng.pick(steps);
  }

  get #living(): readonly Process[] {
    return this.processes.filter((it) => !it.isGone && it.daemon.isAlive);
  }

  #act(): void {
    const dice = this.#rng.between(1, 100);
    if (this.#isVoting && this.#rng.chance(0.5)) this.#vote();
    else if (dice <= 12 || this.#living.length === 0) this.#arrive();
    else if (dice <= 70) this.#provide();
    else if (dice <= 78) this.#watch();
    else if (dice <= 84) this.#rng.pick(this.#living).withdraw(this.#rng.between(1, 12));
    else if (dice <= 89)
      this.#rng.pick(this.#living).die(this.#rng.pick(['quit', 'process-failure']));
    else if (dice <= 93) this.#killDaemon();
    else if (dice <= 94) this.#misfortune();
    else if (dice <= 96) this.metagroup.flow(this.#rng.chance(0.6));
    else this.metagroup.advance(this.#rng.between(0, 1_500));
  }

  #arrive(): void {
    const daemon = this.#rng.pick([...this.metagroup.daemons.values()]);
    const process = this.#process(daemon);
    process.join({
      instance: this.#rng.pick(INSTANCES),
      timeoutMs: this.#rng.chance(0.2) ? 400 : 0,
      attributes: this.#attributes(),
    });
  }

  #attributes(): PartialAttributes {
    const rng = this.#rng;
    const isPlain = rng.chance(0.8);
    // The first one brings them; later ones that give any are likely to be refused.
    const isFirst = this.metagroup.leader?.engine.inspect().providers.length !== 0;
    if (!this.#isVoting || (isPlain && !isFirst)) return isPlain ? {} : { delivery: 'agreed' };
    if (this.#living.some((it) => it.provided.length > 0)) {
      // Compared with the group's.
      return rng.chance(0.5) ? {} : { defaultVote: rng.pick(DEFAULTS) };
    }
    return {
      delivery: rng.pick(['agreed', 'safe']),
      joinPhases: rng.pick(PHASES),
      failurePhases: rng.pick(PHASES),
      batch: rng.pick(['none', 'none', 'joins', 'departures', 'both']),
      batchWindow: 100,
      defaultVote: rng.pick(DEFAULTS),
      timeLimit: rng.pick([0, rng.between(50, 400)]),
      maxPhases: rng.pick([0, 0, 1, 3]),
      contention: rng.pick(['queue', 'queue', 'drop']),
      joinersVote: rng.chance(0.8),
    };
  }

  /** Most of the votes that are waited for; sometimes what nobody asked for. */
  #vote(): void {
    const rng = this.#rng;
    for (const process of this.#living) {
      for (const handle of process.joins.keys()) {
        if (rng.chance(process.owesVote(handle) ? 0.15 : 0.95)) continue;
        process.vote(handle, rng.pick(this.#values), {
          state: rng.chance(0.4) ? 'v'.repeat(rng.between(0, 5)) : undefined,
          message: rng.chance(0.3) ? `rider of ${process.client}` : undefined,
          defaultVote: rng.chance(0.2) ? rng.pick(DEFAULTS) : undefined,
          ...(rng.chance(0.05) ? { phase: rng.between(1, 4) } : {}),
        });
      }
    }
  }

  /** Nobody is silent any more: where there is no time limit, all are waited for. */
  #voteAll(): void {
    for (const process of this.#living) {
      for (const handle of process.joins.keys()) {
        if (process.owesVote(handle)) process.vote(handle, 'approve');
      }
    }
  }

  get #choice(): { readonly phases?: Phases; readonly timeLimit?: number } {
    const rng = this.#rng;
    if (!this.#isVoting || rng.chance(0.4)) return {};
    return { phases: rng.pick(PHASES), ...(rng.chance(0.5) ? { timeLimit: 150 } : {}) };
  }

  #process(daemon: Daemon): Process {
    const known = this.#living.filter((it) => it.daemon === daemon);
    if (known.length > 2 || (known.length > 0 && this.#rng.chance(0.3)))
      return this.#rng.pick(known);
    const process = new Process(this.metagroup, daemon, this.#nextClient++);
    this.processes.push(process);
    return process;
  }

  #provide(): void {
    const providers = this.#living.filter((it) => it.provided.length > 0);
    const isProvider = providers.length > 0 && this.#rng.chance(0.9);
    const process = this.#rng.pick(isProvider ? providers : this.#living);
    const [first = 1] = process.provided;
    const handle = process.provided.length > 0 ? this.#rng.pick(process.provided) : first;
    const dice = this.#rng.between(1, 100);
    if (dice <= 50) {
      const count = this.#rng.between(1, 5);
      if (count > 1 && this.#bundles?.chance(0.5)) this.#sendBundle(process, handle, count);
      else for (let i = count; i > 0; i -= 1) this.#send(process, handle);
    } else if (dice <= 65) this.#changeState(process, handle);
    else if (dice <= 70) this.#changeContention(process, handle);
    else if (dice <= 78) this.#leave(process, handle);
    else if (this.#isVoting && dice <= 85) this.#meet(process, handle);
    else if (dice <= 94) this.#expel(process, handle);
    else process.goodbye(handle);
  }

  #send(process: Process, handle: number): void {
    const count = (this.#texts.get(process) ?? 0) + 1;
    this.#texts.set(process, count);
    process.send(handle, `${process.client}:${count}`, this.#rng.chance(0.3));
  }

  #sendBundle(process: Process, handle: number, count: number): void {
    const before = this.#texts.get(process) ?? 0;
    this.#texts.set(process, before + count);
    const numbers = Array.from({ length: count }, (_, index) => before + index + 1);
    const texts = numbers.map((number) => `${process.client}:${number}`);
    process.sendBundle(handle, texts, this.#rng.chance(0.3));
  }

  #changeState(process: Process, handle: number): void {
    const value = bytesOf('s'.repeat(this.#rng.between(0, 5)));
    const ifState = this.#rng.pick([undefined, null, bytesOf('ss')]);
    process.propose(handle, { kind: 'state', value, ifState }, this.#choice);
  }

  #meet(process: Process, handle: number): void {
    const dice = this.#rng.between(1, 3);
    const payload = bytesOf('voted');
    const safe = this.#rng.chance(0.5);
    if (dice === 1) process.report('unresponsive');
    else if (dice === 2) process.propose(handle, { kind: 'barrier' }, { phases: 'voting' });
    else process.propose(handle, { kind: 'voted-message', payload, safe }, this.#choice);
  }

  /** Some think better of it at once. */
  #leave(process: Process, handle: number): void {
    const request = process.propose(handle, { kind: 'leave', reason: 'enough' }, this.#choice);
    if (this.#isVoting && this.#more.chance(0.4)) process.withdraw(request);
  }

  #changeContention(process: Process, handle: number): void {
    const contention = this.#rng.pick(['queue', 'drop'] as const);
    process.propose(handle, { kind: 'attributes', attributes: { contention } }, this.#choice);
  }

  #expel(process: Process, handle: number): void {
    const listed = process.daemon.engine.inspect().providers;
    if (listed.length === 0) return;
    process.propose(handle, { kind: 'expel', providers: [this.#rng.pick(listed)] }, this.#choice);
  }

  #watch(): void {
    const daemon = this.#rng.pick([...this.metagroup.daemons.values()]);
    const process = this.#process(daemon);
    if (this.#rng.chance(0.3)) process.unsubscribe(this.#rng.between(1, 8));
    else process.subscribe({ persistent: this.#rng.chance(0.5) });
  }

  /** What befalls a group without a crash: a daemon stops or falls out, the group is started anew. */
  #misfortune(): void {
    const { metagroup } = this;
    const daemon = this.#rng.pick([...metagroup.daemons.values()]);
    const dice = this.#rng.between(1, 3);
    if (dice === 1) metagroup.step(daemon, { kind: 'stopping' });
    else if (dice === 2) metagroup.expelDaemon(daemon);
    else metagroup.loseGroup();
  }

  #killDaemon(): void {
    const { metagroup } = this;
    const daemon = this.#rng.chance(0.5)
      ? metagroup.leader
      : this.#rng.pick([...metagroup.daemons.values()]);
    if (daemon === undefined) return;
    metagroup.kill(daemon, this.#rng.between(0, 8));
    metagroup.start(daemon.node);
  }
}
