import { type DaemonId, daemonOf, incarnationOf, nodeOf } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import type { FromNameServer, GroupEnvelope, ToNameServer } from '@group-services/wire';
import type { MetagroupOutput } from '../../src/index.js';
import { TestNameServer } from './name-server.js';
import { type EngineSettings, GROUP, type NodePorts, TestNode } from './node.js';

/** Short times, so that every timer matters within a second. */
export const SETTINGS: EngineSettings = {
  ackWindow: 8,
  quiesce: 'anticipate',
  idleSyncMs: 100,
  maxUnstableBytes: 64 * 1024,
  maxUnstableMessages: 64,
  slowMemberTimeoutMs: 2_000,
  leaveTimeoutMs: 1_000,
  snapshotChunkBytes: 256 * 1024,
  retryMs: 50,
  complainAfterMs: 100,
  leaderRecovery: 'announced',
};

/** When a message arrives: after each of these delays, so none is a loss and two a duplicate. */
export type Delays = (from: DaemonId, to: DaemonId, envelope: GroupEnvelope) => readonly number[];

export interface DomainOptions {
  readonly names: readonly string[];
  readonly settings?: Partial<EngineSettings>;
  readonly delays: Delays;
  /** The same for messages from and to the name server. */
  readonly nameServerDelays: (daemon: DaemonId) => readonly number[];
  readonly happened: (node: TestNode, output: MetagroupOutput) => void;
  /** Decides instead of the delays when it gives true. */
  readonly intercept?: (from: string, to: string, kind: string, arrive: () => void) => boolean;
  /** How long after a crash the others suspect it. */
  readonly detectMs?: number;
}

/** Several nodes, one group, a name server and a network, on virtual time. */
export class Domain {
  readonly time = new VirtualTime();
  readonly nodes = new Map<string, TestNode>();
  readonly nameServer: TestNameServer;
  readonly #options: DomainOptions;
  readonly leaderRecovery: EngineSettings['leaderRecovery'];
  nameServerUp = true;

  constructor(options: DomainOptions) {
    this.#options = options;
    const settings = { ...SETTINGS, ...options.settings };
    this.leaderRecovery = settings.leaderRecovery;
    this.nameServer = new TestNameServer(settings.leaderRecovery, {
      send: (to, message) => this.#fromNameServer(to, message),
      isConnected: (daemon) => this.daemon(daemon) !== undefined,
      after: (delayMs, task) => this.time.after(delayMs, task),
    });
    const ports: NodePorts = {
      time: this.time,
      settings,
      toPeer: (from, to, envelope) => this.#toPeer(from, to, envelope),
      toNameServer: (from, message) => this.#toNameServer(from, message),
      happened: options.happened,
    };
    for (const name of options.names) this.nodes.set(name, new TestNode(name, ports));
  }

  node(name: string): TestNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** The node on which this daemon runs at the moment. */
  daemon(daemon: DaemonId): TestNode | undefined {
    const node = this.nodes.get(nodeOf(daemon));
    return node?.up === true && node.daemon === daemon ? node : undefined;
  }

  start(name: string): void {
    const node = this.node(name);
    node.start();
    // The name server hears of the newer daemon: what the older ones of this node held is over.
    this.nameServer.forgetSuperseded((member) => {
      const other = this.nodes.get(nodeOf(daemonOf(member)));
      return other !== undefined && incarnationOf(daemonOf(member)) < other.incarnation;
    });
    for (const other of this.nodes.values()) {
      if (!other.up && other.incarnation > 0) node.suspects.add(other.daemon);
    }
  }

  kill(name: string): void {
    const node = this.node(name);
    const { daemon } = node;
    node.kill();
    this.nameServer.disconnected(daemon);
    this.time.after(this.#options.detectMs ?? 5, () => this.suspect(daemon));
  }

  /** A node has a connection to the name server again. */
  nameServerReached(node: TestNode): void {
    node.tell({ kind: 'nameServerUp', leaderRecovery: this.leaderRecovery });
  }

  /** The first renewal that is answered again: its content comes first, as in a daemon. */
  contactBack(node: TestNode): void {
    const entry = this.nameServer.entries.get(GROUP);
    if (entry?.generation !== node.engine?.generation) node.tell({ kind: 'generationGone' });
    const message = entry === undefined ? undefined : { kind: 'notice' as const, entry };
    if (message !== undefined) node.fromNameServer(message);
    node.tell({ kind: 'contactBack' });
    if (message !== undefined) node.fromNameServer(message);
  }

  suspect(daemon: DaemonId): void {
    for (const node of this.nodes.values()) if (node.up) node.suspect(daemon);
  }

  #toPeer(from: DaemonId, to: DaemonId, envelope: GroupEnvelope): void {
    const arrive = (): void => this.daemon(to)?.received(envelope);
    if (this.#intercepted(nodeOf(from), nodeOf(to), envelope.message.kind, arrive)) return;
    for (const delay of this.#options.delays(from, to, envelope)) this.time.after(delay, arrive);
  }

  #intercepted(from: string, to: string, kind: string, arrive: () => void): boolean {
    return this.#options.intercept?.(from, to, kind, arrive) ?? false;
  }

  #toNameServer(from: DaemonId, message: ToNameServer): void {
    if (!this.nameServerUp) return;
    const arrive = (): void => {
      // A connection that is closed brings nothing any more.
      const connected = this.nameServerUp && this.daemon(from) !== undefined;
      if (connected) this.nameServer.received(from, message);
    };
    if (this.#intercepted(nodeOf(from), 'ns', message.kind, arrive)) return;
    for (const delay of this.#options.nameServerDelays(from)) this.time.after(delay, arrive);
  }

  #fromNameServer(to: DaemonId, message: FromNameServer): void {
    const arrive = (): void => this.daemon(to)?.fromNameServer(message);
    if (this.#intercepted('ns', nodeOf(to), message.kind, arrive)) return;
    for (const delay of this.#options.nameServerDelays(to)) this.time.after(delay, arrive);
  }
}
