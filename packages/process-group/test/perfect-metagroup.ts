import {
  type DaemonId,
  daemonId,
  daemonOf,
  type EndReason,
  type GroupName,
  type MembershipId,
  membershipId,
  type NodeName,
} from '@group-services/core';
import type { Entry, ToClient } from '@group-services/wire';
import {
  ProcessGroupEngine,
  type ProcessGroupInput,
  type ProcessGroupOutput,
} from '../src/index.js';
import { Chronicle } from './chronicle.js';
import { Daemon, SETTINGS } from './daemon.js';
import { bodiesBehind, opened, type Placed, positionOf, safeUpTo, widthOf } from './placed.js';

/** One thing that could happen next. */
export interface Step {
  readonly name: string;
  readonly run: () => void;
}

export interface PerfectOptions {
  readonly lingerMs?: number;
  readonly proposalQueue?: number;
}

/**
 * An internal layer without a network: one log, a leader, members that deliver it one by one, and
 * requests that survive a change of leader. Which step comes next is the test's choice, so every
 * interleaving that the real one allows can be tried.
 */
export class PerfectMetagroup {
  readonly daemons = new Map<string, Daemon>();
  readonly told: ((daemon: Daemon, client: number, message: ToClient) => void)[] = [];
  readonly complaints: string[] = [];
  readonly chronicle = new Chronicle();
  /** Warnings of the engines. */
  readonly logs: string[] = [];
  readonly #options: PerfectOptions;
  now = 0;
  #generation = 0;
  #version = 0;
  #joinNo = 0;
  #incarnation = 0;
  #log: Placed[] = [];
  /** Up to here the log was delivered safe by anybody, also by who is gone since. */
  #fixed = 0;
  #entry: Entry | undefined;
  #flowOpen = true;
  #snapshot: Uint8Array | undefined;
  readonly #stopped = new Set<DaemonId>();

  constructor(options: PerfectOptions = {}) {
    this.#options = options;
  }

  start(node: string): Daemon {
    this.#incarnation += 1;
    const engine = new ProcessGroupEngine({
      group: 'g' as GroupName,
      node: node as NodeName,
      lingerMs: this.#options.lingerMs ?? 1_000,
      proposalQueue: this.#options.proposalQueue ?? 100,
      ...SETTINGS,
    });
    const daemon = new Daemon(node as NodeName, engine);
    this.daemons.set(node, daemon);
    return daemon;
  }

  get leader(): Daemon | undefined {
    return this.#holder(this.#entry?.leader);
  }

  get logLength(): number {
    return this.#log.length;
  }

  /** What has been multicast, in order. */
  get multicasts(): readonly { readonly body: Uint8Array; readonly safe: boolean }[] {
    return this.#log.flatMap((placed) => (placed.kind === 'body' ? [placed] : []));
  }

  step(daemon: Daemon, input: ProcessGroupInput): void {
    if (!daemon.isAlive) return;
    for (const output of daemon.engine.step(input, this.now)) this.#perform(daemon, output);
  }

  /** Everything that could happen now, in a fixed order. */
  steps(): readonly Step[] {
    return [...this.daemons.values()].flatMap((daemon) => this.#stepsOf(daemon));
  }

  #stepsOf(daemon: Daemon): Step[] {
    const steps: Step[] = [];
    const add = (name: string, run: () => void): void => {
      steps.push({ name: `${daemon.node} ${name}`, run });
    };
    const { leader } = this;
    if (!daemon.isAlive) return steps;
    if (daemon.wish === 'out') add('leaves', () => this.#leave(daemon));
    else if (daemon.wish !== 'none') add('enters', () => this.#enter(daemon));
    if (daemon.isFull && daemon.delivered < this.#log.length) {
      add('delivers', () => this.#deliver(daemon));
    }
    if (daemon.toLeader.length > 0 && leader?.isFull === true) {
      add('asks', () => this.#ask(daemon, leader));
    }
    if (daemon.fromLeader.length > 0) add('is answered', () => this.#answer(daemon));
    if (daemon.engine.deadline() <= this.now) {
      add('wakes', () => this.step(daemon, { kind: 'deadlineReached' }));
    }
    return steps;
  }

  /** Takes the first possible step again and again until nothing happens any more. */
  settle(choose: (steps: readonly Step[]) => Step | undefined = (steps) => steps[0]): void {
    for (let i = 0; i < 100_000; i += 1) {
      const step = choose(this.steps());
      if (step === undefined) return;
      step.run();
    }
    throw new Error('does not settle');
  }

  advance(ms: number): void {
    this.now += ms;
  }

  flow(open: boolean): void {
    this.#flowOpen = open;
    if (this.leader !== undefined) this.step(this.leader, { kind: 'flow', open });
  }

  /**
   * A daemon dies. `lost`: how many multicasts of a dead leader reach nobody, at most; what a survivor
   * has delivered, and what was delivered safe by anybody, always stays.
   */
  kill(daemon: Daemon, lost = 0): void {
    const { leader } = this;
    daemon.isAlive = false;
    this.daemons.delete(daemon.node);
    const { membership } = daemon;
    if (membership === undefined) return;
    daemon.membership = undefined;
    if (leader === daemon) {
      const keep = Math.max(this.#fixed, ...this.#full().map((it) => it.delivered));
      this.#log.length = Math.max(keep, this.#log.length - lost);
    }
    this.#change((members) => members.filter(({ id }) => id !== membership));
  }

  /** An orderly stop that ran out of time: the others know that much, and nothing more. */
  endStop(daemon: Daemon): void {
    if (daemon.membership !== undefined) this.#stopped.add(daemonOf(daemon.membership));
    this.kill(daemon);
  }

  /** The name server gives the group up: every member is told. */
  loseGroup(): void {
    for (const daemon of [...this.daemons.values()]) {
      if (daemon.membership !== undefined) this.#end(daemon, 'group-lost');
    }
    this.#entry = undefined;
  }

  /** A live member falls out of the list. */
  expelDaemon(daemon: Daemon): void {
    const { membership } = daemon;
    if (membership === undefined) return;
    this.#end(daemon, 'removed');
    this.#change((members) => members.filter(({ id }) => id !== membership));
  }

  #full(): Daemon[] {
    return [...this.daemons.values()].filter((it) => it.isFull && it.membership !== undefined);
  }

  #holder(membership: MembershipId | undefined): Daemon | undefined {
    return [...this.daemons.values()].find(
      (it) => it.membership === membership && membership !== undefined,
    );
  }

  #enter(daemon: Daemon): void {
    const create = daemon.wish === 'in-or-create';
    daemon.wish = 'none';
    if (this.#entry === undefined && !create) {
      this.step(daemon, { kind: 'detached', reason: 'unknown-group' });
      return;
    }
    this.#joinNo += 1;
    const id = membershipId(daemonId(daemon.node, this.#incarnation), this.#joinNo);
    daemon.membership = id;
    if (this.#entry !== undefined) {
      this.#change((members) => [...members, this.#member(id)]);
      return;
    }
    this.#generation += 1;
    this.#version = 1;
    this.#flowOpen = true;
    this.#log = [];
    this.#fixed = 0;
    const members = [this.#member(id)];
    this.#setEntry(members, id);
    this.#log.push({ kind: 'view', entry: this.#present() });
    this.#attach(daemon, 1, null);
    this.#lead(daemon);
  }

  #member(id: MembershipId): Entry['members'][number] {
    return { id, joinVersion: this.#version + 1, full: true, address: 'x' };
  }

  #leave(daemon: Daemon): void {
    daemon.wish = 'none';
    const { membership } = daemon;
    this.#end(daemon, 'left');
    this.#change((members) => members.filter(({ id }) => id !== membership));
  }

  #end(daemon: Daemon, reason: EndReason): void {
    daemon.leavings.push(this.chronicle.next());
    daemon.membership = undefined;
    daemon.isFull = false;
    daemon.delivered = 0;
    daemon.open.clear();
    daemon.toLeader = [];
    daemon.fromLeader = [];
    if (daemon.wish === 'out') daemon.wish = 'none';
    this.step(daemon, { kind: 'detached', reason });
  }

  #present(): Entry {
    if (this.#entry === undefined) throw new Error('there is a group');
    return this.#entry;
  }

  #setEntry(members: Entry['members'], leader: MembershipId): void {
    const group = 'g' as GroupName;
    const generation = this.#generation;
    const version = this.#version;
    this.#entry = { group, generation, version, since: version, leader, members };
  }

  /** One accepted change of the processor group; its view follows in the stream. */
  #change(next: (members: Entry['members']) => Entry['members']): void {
    if (this.#entry === undefined) return;
    const before = this.leader;
    const members = next(this.#entry.members);
    const leader = members.find(({ id }) => this.#holder(id)?.isFull === true);
    if (leader === undefined) {
      this.#entry = undefined;
      for (const { id } of members) {
        const daemon = this.#holder(id);
        if (daemon !== undefined) this.#end(daemon, 'group-lost');
      }
      return;
    }
    this.#version += 1;
    this.#setEntry(members, leader.id);
    const daemon = this.#holder(leader.id);
    this.#log.push({ kind: 'view', entry: this.#present() });
    if (daemon !== undefined && daemon !== before) this.#takeOver(daemon);
  }

  #takeOver(daemon: Daemon): void {
    this.#flowOpen = true;
    for (const other of this.daemons.values()) {
      if (other.isFull && other !== daemon) this.step(other, { kind: 'following' });
      other.fromLeader = [];
      other.toLeader = [];
    }
    this.#lead(daemon);
    for (const other of this.daemons.values()) {
      other.toLeader = [...other.open].map(([n, body]) => ({ n, body }));
    }
  }

  #lead(daemon: Daemon): void {
    const pending = bodiesBehind(this.#log, daemon.delivered);
    this.chronicle.leads(daemon.membership, this.now);
    const stopped = this.#stopped;
    this.step(daemon, { kind: 'leading', entry: this.#present(), pending, stopped });
  }

  #attach(daemon: Daemon, position: number, snapshot: Uint8Array | null): void {
    const { membership } = daemon;
    if (membership === undefined) return;
    daemon.isFull = true;
    this.#delivered(daemon, position);
    const generation = this.#generation;
    daemon.generation = generation;
    this.step(daemon, { kind: 'attached', membership, generation, position, snapshot });
    const placed = this.#log[position - 1];
    if (placed?.kind === 'view') this.#view(daemon, placed.entry, position);
  }

  #view(daemon: Daemon, entry: Entry, position: number): void {
    this.step(daemon, { kind: 'view', entry, position, stopped: this.#stopped });
  }

  #deliver(daemon: Daemon): void {
    const placed = this.#log[daemon.delivered];
    const position = daemon.delivered + 1;
    this.#delivered(daemon, position);
    if (placed === undefined) return;
    if (placed.kind === 'body') {
      const { origin, body } = placed;
      this.step(daemon, { kind: 'ordered', position, origin, body });
      return;
    }
    this.#view(daemon, placed.entry, position);
    if (daemon === this.leader) this.#admit(daemon, placed.entry, position);
  }

  #delivered(daemon: Daemon, position: number): void {
    daemon.delivered = position;
    this.#fixed = Math.max(this.#fixed, safeUpTo(this.#log, position));
  }

  /** The leader delivers a view: who is in it without a state gets one. */
  #admit(leader: Daemon, entry: Entry, position: number): void {
    for (const { id } of entry.members) {
      const joiner = this.#holder(id);
      if (joiner === undefined || joiner.isFull) continue;
      this.step(leader, { kind: 'snapshotWanted', position });
      if (this.#snapshot === undefined) throw new Error('a snapshot was asked for');
      this.#attach(joiner, position, this.#snapshot);
    }
  }

  #ask(daemon: Daemon, leader: Daemon): void {
    const next = daemon.toLeader.shift();
    const { membership: origin } = daemon;
    if (next === undefined || origin === undefined) return;
    this.chronicle.receive(leader.membership, { origin, n: next.n }, next.body);
    this.step(leader, { kind: 'request', origin, ...next });
  }

  #answer(daemon: Daemon): void {
    const next = daemon.fromLeader.shift();
    if (next !== undefined && daemon.open.has(next.n))
      this.step(daemon, { kind: 'reply', ...next });
  }

  #place(
    leader: MembershipId | undefined,
    { body, safe }: Extract<ProcessGroupOutput, { kind: 'multicast' }>,
  ): void {
    if (leader === undefined) return;
    this.complaints.push(...this.chronicle.startedWithdrawn(leader, body));
    this.#log.push({ kind: 'body', origin: leader, body, width: widthOf(body), safe });
    const last = this.#log.length;
    const at = { generation: this.#generation, position: positionOf(this.#log, last) };
    this.chronicle.place(at, { leader, time: this.now });
  }

  /** Of what a daemon has delivered last, as processes know it. */
  positionAt({ delivered }: Daemon): number {
    return positionOf(this.#log, delivered);
  }

  #perform(daemon: Daemon, output: ProcessGroupOutput): void {
    switch (output.kind) {
      case 'toClient':
        // Every message of a bundle is heard as one of its own.
        for (const each of opened(output.message)) {
          for (const tell of this.told) tell(daemon, output.client, each);
        }
        return;
      case 'attach':
        daemon.wish = output.create ? 'in-or-create' : 'in';
        return;
      case 'detach':
        daemon.wish = 'out';
        return;
      case 'request':
        daemon.asks(output);
        return;
      case 'requestDone':
        if (!daemon.open.delete(output.n)) this.complaints.push(`${output.n} done twice`);
        return;
      case 'reply':
        return void this.#holder(output.origin)?.fromLeader.push(output);
      case 'multicast':
        if (!this.#flowOpen) this.complaints.push('multicast while the flow is closed');
        if (daemon === this.leader) this.#place(daemon.membership, output);
        return;
      case 'snapshot':
        this.#snapshot = output.bytes;
        return;
      case 'branch':
      case 'traced':
        return;
      case 'log': {
        const line = `${output.event} ${JSON.stringify(output.fields)}`;
        (output.event === 'vote-overdue' ? this.logs : this.complaints).push(line);
      }
    }
  }
}
