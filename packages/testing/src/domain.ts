import { type ConnectOptions, connect, type GroupServices } from '@group-services/client';
import type { MemoryNetwork } from '@group-services/transport/memory';
import { prepareDecoders } from '@group-services/wire';
import { breakLinks, forgetNetwork, openNetwork } from './addresses.js';
import { TestDaemon } from './daemon.js';
import { TestNameServer } from './name-server.js';

/** How a test domain is made. */
export interface DomainOptions {
  /** How many daemons, named n1, n2, … ; or their names. Default 3. */
  readonly daemons?: number | readonly string[] | undefined;
  /** Whether the daemons also listen on ports of this host, for programs that a test starts. Default false. */
  readonly ports?: boolean | undefined;
  /** Silence after which a daemon counts as failed, in milliseconds; default 1000. */
  readonly suspectAfter?: number | undefined;
}

const NAME_SERVER = 'name-server';
const SUSPECT_AFTER_MS = 1_000;

/**
 * A whole domain within this process: the engines of `gsns` and `gsd` on a network in memory, which
 * can be cut. Nothing is mocked; only sockets are left out.
 */
export async function startDomain(options: DomainOptions = {}): Promise<TestDomain> {
  prepareDecoders();
  const domain = new Domain(options);
  await domain.start();
  return domain;
}

/** What a test can do with a domain. */
export interface TestDomain extends AsyncDisposable {
  /** Names of its nodes. */
  readonly nodes: readonly string[];
  /**
   * For `connect({ endpoint })` of this process. With `process`, what connects by it can be broken off by
   * `disconnect` under that name.
   */
  endpoint(node: string, process?: string): string;
  /** For programs that the test starts; only with `ports`. */
  port(node: string): string;
  /** A connection, closed when the domain stops. */
  connect(node?: string, options?: Omit<ConnectOptions, 'endpoint'>): Promise<GroupServices>;
  /** Breaks a connection, as when its process dies: one of `connect()`, or all under a name of `endpoint`. */
  disconnect(process: GroupServices | string): void;
  /** A daemon dies, as by SIGKILL. */
  killDaemon(node: string): Promise<void>;
  /** A daemon ends in order, as by SIGTERM. */
  stopDaemon(node: string): Promise<void>;
  /** A daemon starts again on a node whose daemon was killed or stopped. */
  restartDaemon(node: string): Promise<void>;
  /** From now on the sides hear nothing of each other. The name server is on the first side. */
  partition(...sides: readonly (readonly string[])[]): void;
  /** Ends every partition. */
  heal(): void;
  stop(): Promise<void>;
}

class Domain implements TestDomain {
  readonly nodes: readonly string[];
  readonly #options: DomainOptions;
  readonly #name: string;
  readonly #network: MemoryNetwork;
  readonly #nameServer: TestNameServer;
  readonly #daemons = new Map<string, TestDaemon>();
  readonly #connections = new Map<GroupServices, string>();
  #cuts: (readonly [string, string])[] = [];
  #incarnation = Date.now();
  #processes = 0;

  constructor(options: DomainOptions) {
    const { daemons = 3 } = options;
    this.#options = options;
    this.nodes =
      typeof daemons === 'number'
        ? Array.from({ length: daemons }, (_, index) => `n${index + 1}`)
        : daemons;
    const { name, network } = openNetwork();
    this.#name = name;
    this.#network = network;
    this.#nameServer = new TestNameServer(name);
  }

  async start(): Promise<void> {
    const transport = this.#network.transport(NAME_SERVER);
    await this.#nameServer.start(transport, this.#address(NAME_SERVER));
    await Promise.all(this.nodes.map((node) => this.restartDaemon(node)));
  }

  endpoint(node: string, process?: string): string {
    this.#check(node);
    const address = this.#address(node);
    return process === undefined ? address : `${address}#${process}`;
  }

  port(node: string): string {
    const port = this.#daemons.get(node)?.port;
    if (port === undefined) {
      throw new Error(`${node} listens on no port: start the domain with { ports: true }`);
    }
    return port;
  }

  async connect(
    node: string = this.nodes[0] ?? '',
    options: Omit<ConnectOptions, 'endpoint'> = {},
  ): Promise<GroupServices> {
    this.#processes += 1;
    const process = `process ${this.#processes}`;
    const services = await connect({ ...options, endpoint: this.endpoint(node, process) });
    this.#connections.set(services, process);
    void services.closed.then(() => this.#connections.delete(services));
    return services;
  }

  disconnect(process: GroupServices | string): void {
    const name = typeof process === 'string' ? process : this.#connections.get(process);
    if (name === undefined) return;
    breakLinks(`${this.#name}#${name}`);
  }

  async killDaemon(node: string): Promise<void> {
    const daemon = this.#take(node);
    this.#network.kill(node);
    await daemon.kill();
  }

  async stopDaemon(node: string): Promise<void> {
    await this.#take(node).stop();
    this.#network.kill(node);
  }

  async restartDaemon(node: string): Promise<void> {
    this.#check(node);
    if (this.#daemons.has(node)) throw new Error(`the daemon of ${node} runs`);
    this.#incarnation += 1;
    const daemon = new TestDaemon({
      node,
      domain: this.#name,
      transport: this.#network.transport(node),
      address: this.#address(node),
      nameServer: this.#address(NAME_SERVER),
      incarnation: this.#incarnation,
      suspectAfter: this.#options.suspectAfter ?? SUSPECT_AFTER_MS,
      ports: this.#options.ports ?? false,
    });
    this.#daemons.set(node, daemon);
    await daemon.start();
  }

  partition(...sides: readonly (readonly string[])[]): void {
    const [first = [], ...others] = sides;
    for (const node of sides.flat()) this.#check(node);
    const parties = [[NAME_SERVER, ...first], ...others];
    for (const [index, side] of parties.entries()) {
      for (const one of side) {
        for (const other of parties.slice(index + 1).flat()) {
          this.#network.cut(one, other);
          this.#cuts.push([one, other]);
        }
      }
    }
  }

  heal(): void {
    for (const [one, other] of this.#cuts) this.#network.heal(one, other);
    this.#cuts = [];
  }

  async stop(): Promise<void> {
    this.heal();
    await Promise.all([...this.#connections.keys()].map((services) => services.close()));
    for (const node of [...this.#daemons.keys()]) await this.killDaemon(node);
    this.#nameServer.stop();
    forgetNetwork(this.#name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #address(node: string): string {
    return `memory://${this.#name}/${node}`;
  }

  #check(node: string): void {
    if (this.nodes.includes(node)) return;
    throw new Error(`there is no node ${node}; this domain has ${this.nodes.join(', ')}`);
  }

  #take(node: string): TestDaemon {
    this.#check(node);
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) throw new Error(`the daemon of ${node} does not run`);
    this.#daemons.delete(node);
    return daemon;
  }
}
