import {
  type DaemonId,
  daemonId,
  daemonOf,
  type GroupName,
  type MembershipId,
  membershipId,
  NEVER,
  type NodeName,
} from '@group-services/core';
import type { Scheduled, VirtualTime } from '@group-services/testkit';
import type { FromNameServer, GroupEnvelope, ToNameServer } from '@group-services/wire';
import {
  MetagroupEngine,
  type MetagroupInput,
  type MetagroupOptions,
  type MetagroupOutput,
} from '../../src/index.js';
import { App } from './app.js';

export const GROUP = 'g' as GroupName;

/** A deadline that is still due after so many calls in a row is a loop without end. */
const DEADLINES_IN_A_ROW_MAX = 20;

export type EngineSettings = Pick<
  MetagroupOptions,
  | 'ackWindow'
  | 'quiesce'
  | 'idleSyncMs'
  | 'maxUnstableBytes'
  | 'maxUnstableMessages'
  | 'slowMemberTimeoutMs'
  | 'leaveTimeoutMs'
  | 'snapshotChunkBytes'
  | 'retryMs'
  | 'complainAfterMs'
  | 'leaderRecovery'
>;

/** What a node's daemon does to the world. */
export interface NodePorts {
  readonly time: VirtualTime;
  readonly settings: EngineSettings;
  readonly toPeer: (from: DaemonId, to: DaemonId, envelope: GroupEnvelope) => void;
  readonly toNameServer: (from: DaemonId, message: ToNameServer) => void;
  readonly happened: (node: TestNode, output: MetagroupOutput) => void;
}

/** The daemon of one node as far as one group is concerned: an engine, its timer and an upper layer. */
export class TestNode {
  readonly name: string;
  readonly #ports: NodePorts;
  incarnation = 0;
  up = false;
  app = new App();
  engine: MetagroupEngine | undefined;
  membership: MembershipId | undefined;
  readonly suspects = new Set<DaemonId>();
  /** Daemons that this one knows to be drained. */
  drained: readonly DaemonId[] = [];
  #joinNo = 0;
  #timer: Scheduled | undefined;
  #number = 0;
  #queue: MetagroupOutput[] = [];
  #running = false;

  constructor(name: string, ports: NodePorts) {
    this.name = name;
    this.#ports = ports;
  }

  get daemon(): DaemonId {
    return daemonId(this.name as NodeName, this.incarnation);
  }

  start(): void {
    this.incarnation += 1;
    this.up = true;
    this.suspects.clear();
  }

  kill(): void {
    this.up = false;
    this.engine = undefined;
    this.#queue = [];
    this.#timer?.cancel();
  }

  join(create: boolean): void {
    this.#joinNo += 1;
    this.app = new App();
    this.membership = membershipId(this.daemon, this.#joinNo);
    this.#queue = [];
    this.engine = new MetagroupEngine({
      ...this.#ports.settings,
      group: GROUP,
      membership: this.membership,
      address: this.daemon,
      create,
      suspected: [...this.suspects],
      drained: this.drained,
      observe: true,
    });
    this.#enqueue(this.engine.start(this.#ports.time.now));
    this.#run();
  }

  suspect(daemon: DaemonId): void {
    this.suspects.add(daemon);
    this.tell({ kind: 'suspected', daemon });
  }

  trust(daemon: DaemonId): void {
    if (this.suspects.delete(daemon)) this.tell({ kind: 'alive', daemon });
  }

  drain(daemons: readonly DaemonId[]): void {
    this.drained = daemons;
    this.tell({ kind: 'drained', daemons });
  }

  /** A message from another daemon; what is not for the present membership is answered GONE. */
  received(envelope: GroupEnvelope): void {
    const { from, to, generation, message } = envelope;
    if (!this.up) return;
    if (to === undefined) {
      const isFull = this.engine?.status === 'member' && this.engine.generation === generation;
      if (isFull) this.tell({ kind: 'received', from, message });
      return;
    }
    if (daemonOf(to) !== this.daemon) return;
    if (to === this.membership && this.engine?.generation === generation) {
      this.tell({ kind: 'received', from, message });
      return;
    }
    // Here, but it has not heard of this generation yet, or of a newer one: not gone.
    if (to === this.membership && this.engine !== undefined) return;
    if (message.kind === 'gone' || message.kind === 'not-leader' || message.kind === 'stale')
      return;
    const gone = { kind: 'gone' as const, membership: to };
    const answer = { generation, from: to, to: from, message: gone };
    this.#ports.toPeer(this.daemon, daemonOf(from), answer);
  }

  fromNameServer(message: FromNameServer): void {
    if (this.up) this.tell({ kind: 'fromNameServer', message });
  }

  tell(input: MetagroupInput): void {
    if (this.engine === undefined) return;
    this.#step(input);
    this.#run();
  }

  #step(input: MetagroupInput): void {
    if (this.engine !== undefined) this.#enqueue(this.engine.step(input, this.#ports.time.now));
  }

  #enqueue(outputs: readonly MetagroupOutput[]): void {
    for (const output of outputs) {
      if (output.kind === 'send') this.#send(output);
      else if (output.kind === 'sendAll') this.#sendAll(output);
      else if (output.kind === 'askNameServer') this.#ask(output.message);
      else this.#queue.push(output);
    }
  }

  #send(output: Extract<MetagroupOutput, { kind: 'send' }>): void {
    const from = this.membership as MembershipId;
    const generation = this.engine?.generation ?? 0;
    const { to, message } = output;
    this.#ports.toPeer(this.daemon, daemonOf(to), { generation, from, to, message });
  }

  #sendAll({ to, message }: Extract<MetagroupOutput, { kind: 'sendAll' }>): void {
    const from = this.membership as MembershipId;
    const generation = this.engine?.generation ?? 0;
    for (const { id } of to) {
      const envelope = { generation, from, to: undefined, message };
      this.#ports.toPeer(this.daemon, daemonOf(id), envelope);
    }
  }

  #ask(message: Extract<MetagroupOutput, { kind: 'askNameServer' }>['message']): void {
    this.#number += 1;
    const numbered = message.kind === 'resolve' ? { ...message, number: this.#number } : message;
    this.#ports.toNameServer(this.daemon, numbered);
  }

  /** Hands outputs up one by one, and serves the deadline until it lies ahead. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#handAllUp();
    for (let round = 0; this.#isDue(); round += 1) {
      if (round >= DEADLINES_IN_A_ROW_MAX) {
        throw new Error(`${this.name}: the deadline stays due`);
      }
      this.#step({ kind: 'deadlineReached' });
      this.#handAllUp();
    }
    this.#running = false;
    this.#setTimer();
  }

  #isDue(): boolean {
    return this.engine !== undefined && this.engine.deadline() <= this.#ports.time.now;
  }

  #handAllUp(): void {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) {
        this.#handUp(next);
        continue;
      }
      const multicast = this.app.nextMulticast();
      if (multicast === undefined) return;
      this.#step(multicast);
    }
  }

  #handUp(output: MetagroupOutput): void {
    this.#ports.happened(this, output);
    if (output.kind === 'ended') {
      this.engine = undefined;
      this.#queue = [];
      return;
    }
    for (const input of this.app.take(output, this.membership as MembershipId)) {
      this.#step(input);
    }
  }

  #setTimer(): void {
    this.#timer?.cancel();
    const at = this.engine?.deadline() ?? NEVER;
    if (at === NEVER) return;
    this.#timer = this.#ports.time.at(at, () => this.#run());
  }
}
