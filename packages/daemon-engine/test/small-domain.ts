import { type DaemonId, daemonId, type LogOutput, type NodeName } from '@group-services/core';
import { type LeaderRecovery, NameServerEngine } from '@group-services/name-server';
import {
  encodeNameServerMessage,
  type FromClient,
  type FromNameServer,
  joinFrame,
  type ToClient,
  type ToNameServer,
  wireOffer,
} from '@group-services/wire';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonNews,
  type DaemonOptions,
  type DaemonOutput,
  DEFAULT_DAEMON_OPTIONS,
  daemonJournal,
} from '../src/index.js';

/** A daemon and what it has said to its clients. */
interface Node {
  readonly id: DaemonId;
  readonly address: string;
  readonly engine: DaemonEngine;
  readonly journal: ReturnType<typeof daemonJournal>;
  readonly toClients: { readonly client: number; readonly message: ToClient }[];
  readonly votes: Extract<DaemonOutput, { readonly kind: 'votesAnswered' }>[];
  readonly dropped: DaemonId[];
  readonly lines: LogOutput[];
  stopped: boolean;
}

/** Small, so that flow control has something to do. */
export const MAX_UNSTABLE = 64;

type Delivery = () => void;

/** What the protocol leaves to the choice of a domain. */
export interface Variants {
  readonly leaderRecovery: LeaderRecovery;
  readonly quiesce: DaemonOptions['quiesce'];
  readonly isolation?: 'continue' | 'suspend';
}

const LEASE_MS = 3_000;
/** Silence after which the name server starts a group anew, with the policy `suspend`. */
export const ANEW_AFTER_MS = 4_000;

/**
 * A name server and a few daemons whose messages arrive at once and in order: the smallest world in
 * which daemon engines can be watched. Time moves only by `advance`.
 */
export class SmallDomain {
  now = 0;
  nameServer: NameServerEngine;
  #epoch = 1_000;
  readonly #nodes = new Map<DaemonId, Node>();
  readonly #queue: Delivery[] = [];
  /** Daemons between which and the name server nothing passes, unnoticed. */
  readonly lonely = new Set<DaemonId>();
  /** What has come in for daemons that are stopped. */
  readonly #asleep = new Map<DaemonId, DaemonInput[]>();
  /** The most multicasts that one step of any daemon has sent to one peer. */
  largestBurst = 0;
  /** The longest frame between a daemon and the name server, encoded as it would travel. */
  largestFrame = 0;

  readonly #variants: Variants;

  constructor(variants: Variants = { leaderRecovery: 'announced', quiesce: 'anticipate' }) {
    this.#variants = variants;
    this.nameServer = this.#newNameServer('fresh');
  }

  /** The name server starts again with an empty table; the daemons that run connect anew. */
  restartNameServer(): void {
    this.#epoch += 1;
    this.nameServer = this.#newNameServer();
    for (const [id, { address }] of this.#nodes) {
      this.tell(id, { kind: 'nameServerDown' });
      this.#nameServerStep({ kind: 'connected', daemon: id, address });
      this.tell(id, this.#welcome());
    }
  }

  #newNameServer(how?: 'fresh'): NameServerEngine {
    return new NameServerEngine({
      epoch: this.#epoch,
      domain: 'test',
      leaseMs: LEASE_MS,
      store: `test ${this.#epoch}`,
      fresh: how === 'fresh',
      isolation: this.#variants.isolation,
      anewAfterMs: ANEW_AFTER_MS,
      leaderRecovery: this.#variants.leaderRecovery,
    });
  }

  #welcome(): DaemonInput {
    return {
      kind: 'nameServerUp',
      epoch: this.#epoch,
      store: `test ${this.#epoch}`,
      leaseMs: LEASE_MS,
      isolation: this.#variants.isolation ?? 'continue',
      leaderRecovery: this.#variants.leaderRecovery,
      features: new Set(wireOffer().features),
    };
  }

  start(name: string, incarnation: number, how: { ephemeral?: boolean } = {}): DaemonId {
    const { ephemeral } = how;
    const node = name as NodeName;
    const id = daemonId(node, incarnation);
    const address = `memory://${name}`;
    const journal = daemonJournal();
    const engine = new DaemonEngine({
      ...DEFAULT_DAEMON_OPTIONS,
      maxUnstableMessages: MAX_UNSTABLE,
      quiesce: this.#variants.quiesce,
      node,
      incarnation,
      address,
      ephemeral,
      journal,
    });
    this.#nodes.set(id, {
      id,
      address,
      engine,
      journal,
      toClients: [],
      votes: [],
      dropped: [],
      lines: [],
      stopped: false,
    });
    this.#nameServerStep({ kind: 'connected', daemon: id, address, ephemeral });
    this.tell(id, this.#welcome());
    return id;
  }

  /** The daemon is gone, and nobody has noticed yet: what is sent to it is lost. */
  vanish(id: DaemonId): void {
    this.#nodes.delete(id);
  }

  /** As a crash: every other daemon sees its links close and finds nobody when it probes. */
  kill(id: DaemonId): void {
    this.#nodes.delete(id);
    this.#nameServerStep({ kind: 'disconnected', daemon: id });
    for (const other of this.#nodes.keys()) this.tell(other, { kind: 'peerClosed', peer: id });
  }

  /** The process is stopped: what comes in waits for it. */
  stopProcess(id: DaemonId): void {
    this.#asleep.set(id, []);
  }

  /** It goes on, with what has come in meanwhile first. */
  continueProcess(id: DaemonId): void {
    const waiting = this.#asleep.get(id) ?? [];
    this.#asleep.delete(id);
    for (const input of waiting) this.#queue.push(() => this.#step(id, input));
    this.tell(id, { kind: 'deadlineReached' });
  }

  client(id: DaemonId, client: number, message: FromClient): void {
    this.tell(id, { kind: 'fromClient', client, message });
  }

  open(id: DaemonId, client: number): void {
    this.tell(id, { kind: 'clientOpened', client, name: `client ${client}` });
  }

  /** What a client has heard, by kind. */
  heard(id: DaemonId, client: number): ToClient[] {
    const node = this.#node(id);
    return node.toClients.filter((said) => said.client === client).map(({ message }) => message);
  }

  /** Answers to `askVotes`. */
  votes(id: DaemonId): Node['votes'] {
    return this.#node(id).votes;
  }

  /** Links that a daemon has given up. */
  dropped(id: DaemonId): readonly DaemonId[] {
    return this.#node(id).dropped;
  }

  /** What a daemon has written to its log. */
  logged(id: DaemonId): readonly string[] {
    return this.#node(id).lines.map(({ event }) => event);
  }

  /** The same whole. */
  lines(id: DaemonId): readonly LogOutput[] {
    return this.#node(id).lines;
  }

  /** What a daemon has noted for pages. */
  news(id: DaemonId): readonly DaemonNews[] {
    return this.#node(id)
      .journal.since(0, 1_000)
      .map(({ news }) => news);
  }

  isStopped(id: DaemonId): boolean {
    return this.#node(id).stopped;
  }

  engine(id: DaemonId): DaemonEngine {
    return this.#node(id).engine;
  }

  tell(id: DaemonId, input: DaemonInput): void {
    this.#queue.push(() => this.#step(id, input));
    this.#settle();
  }

  /** Lets time pass in small steps, so that every deadline comes in its turn. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 10);
      if (this.nameServer.deadline() <= this.now) this.#nameServerStep({ kind: 'deadlineReached' });
      for (const [id, { engine }] of this.#nodes) {
        if (this.#asleep.has(id)) continue;
        if (engine.deadline() <= this.now) this.tell(id, { kind: 'deadlineReached' });
      }
    }
  }

  #node(id: DaemonId): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`${id} does not run`);
    return node;
  }

  #settle(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  #step(id: DaemonId, input: DaemonInput): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    const asleep = this.#asleep.get(id);
    if (asleep !== undefined) {
      asleep.push(input);
      return;
    }
    const outputs = node.engine.step(input, this.now);
    this.#measureBurst(outputs);
    for (const output of outputs) {
      switch (output.kind) {
        case 'toPeer': {
          const { peer, message } = output;
          this.#queue.push(() => this.#step(peer, { kind: 'fromPeer', peer: id, message }));
          break;
        }
        case 'toPeers':
          for (const { peer } of output.peers) {
            const { message } = output;
            this.#queue.push(() => this.#step(peer, { kind: 'fromPeer', peer: id, message }));
          }
          break;
        case 'toNameServer': {
          const { message } = output;
          this.#measureFrame(message);
          if (this.lonely.has(id)) break;
          this.#queue.push(() => this.#nameServerStep({ kind: 'received', from: id, message }));
          break;
        }
        case 'probePeer': {
          const { peer } = output;
          if (this.#nodes.has(peer)) break;
          this.#queue.push(() => this.#step(id, { kind: 'peerUnreachable', peer }));
          break;
        }
        case 'toClient':
          node.toClients.push(output);
          break;
        case 'votesAnswered':
          node.votes.push(output);
          break;
        case 'dropPeer':
          node.dropped.push(output.peer);
          break;
        case 'log':
          node.lines.push(output);
          break;
        case 'stopped':
          node.stopped = true;
          break;
        default:
          break;
      }
    }
    if (node.engine.deadline() <= this.now) {
      this.#queue.push(() => this.#step(id, { kind: 'deadlineReached' }));
    }
  }

  #measureBurst(outputs: ReturnType<DaemonEngine['step']>): void {
    const perPeer = new Map<DaemonId, number>();
    for (const output of outputs) {
      if (output.kind !== 'toPeer' && output.kind !== 'toPeers') continue;
      if (output.message.kind !== 'group') continue;
      if (output.message.envelope.message.kind !== 'data') continue;
      const peers = output.kind === 'toPeers' ? output.peers : [output];
      for (const { peer } of peers) perPeer.set(peer, (perPeer.get(peer) ?? 0) + 1);
    }
    this.largestBurst = Math.max(this.largestBurst, ...perPeer.values());
  }

  #measureFrame(message: ToNameServer | FromNameServer): void {
    const { byteLength } = joinFrame(encodeNameServerMessage(message));
    this.largestFrame = Math.max(this.largestFrame, byteLength);
  }

  #nameServerStep(input: Parameters<NameServerEngine['step']>[0]): void {
    for (const output of this.nameServer.step(input, this.now)) {
      if (output.kind !== 'send') continue;
      const { to, message } = output;
      this.#measureFrame(message);
      if (this.lonely.has(to)) continue;
      this.#queue.push(() => this.#step(to, { kind: 'fromNameServer', message }));
    }
    this.#settle();
  }
}
