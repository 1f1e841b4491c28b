import { Driver, type NodeName } from '@group-services/core';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonOutput,
  DEFAULT_DAEMON_OPTIONS,
  isUrgent,
} from '@group-services/daemon-engine';
import { NameServerConnection, NodeHost, PeerLinks } from '@group-services/runtime';
import type { Listener, Transport } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { type Hello, MAGIC, wireOffer, wireOfWelcome } from '@group-services/wire';
import { ClientDoor, type DoorOptions, PeerDoor } from './accept.js';

export interface TestDaemonOptions {
  readonly node: string;
  readonly domain: string;
  /** Its party of the network within the process. */
  readonly transport: Transport;
  /** Where its processes connect; the address for other daemons is made of it. */
  readonly address: string;
  readonly nameServer: string;
  /** Higher with every start on the node. */
  readonly incarnation: number;
  /** Silence after which another daemon counts as failed, in milliseconds. */
  readonly suspectAfter: number;
  /** Listens on a port of this host, too. */
  readonly ports: boolean;
}

/** One life of a daemon: the engine of `gsd` between links that can be cut. */
export class TestDaemon {
  readonly #options: TestDaemonOptions;
  readonly #driver: Driver<DaemonInput, DaemonOutput>;
  readonly #peers: PeerLinks;
  readonly #nameServer: NameServerConnection;
  readonly #peerDoor: PeerDoor;
  readonly #clients: ClientDoor;
  readonly #listeners: Listener[] = [];
  #port: string | undefined;
  #ready: () => void = () => {};
  #stopped: () => void = () => {};

  constructor(options: TestDaemonOptions) {
    this.#options = options;
    const hello = helloOf(options);
    const { node } = hello;
    this.#driver = new Driver<DaemonInput, DaemonOutput>({
      engine: engineOf(options, hello),
      host: new NodeHost(),
      perform: (output) => this.#perform(output),
      isUrgent,
    });
    const enqueue = (input: DaemonInput): void => this.#driver.enqueue(input);
    const door: DoorOptions = {
      self: { ...hello, node },
      incarnation: options.incarnation,
      enqueue,
    };
    this.#peerDoor = new PeerDoor(door);
    this.#clients = new ClientDoor(door);
    this.#peers = new PeerLinks({
      transports: [options.transport],
      hello,
      dialTimeoutMs: options.suspectAfter,
      events: {
        up: (peer, address) => enqueue({ kind: 'peerUp', peer, address }),
        failed: () => {},
        closed: (peer) => enqueue({ kind: 'peerClosed', peer }),
        unreachable: (peer) => enqueue({ kind: 'peerUnreachable', peer }),
        superseded: (peer, incarnation) => enqueue({ kind: 'peerSuperseded', peer, incarnation }),
      },
    });
    this.#nameServer = this.#toNameServer(hello, enqueue);
  }

  /** Where processes of any kind connect, if it listens on a port. */
  get port(): string | undefined {
    return this.#port;
  }

  /** Resolves when it serves processes, and the name server has welcomed it. */
  async start(): Promise<void> {
    const { transport, address, ports } = this.#options;
    const welcomed = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    await transport.listen(peerAddress(address), this.#peerDoor.acceptor());
    await transport.listen(address, this.#clients.acceptor());
    if (ports) {
      const listener = await tcp().listen('tcp://127.0.0.1:0', this.#clients.acceptor());
      this.#listeners.push(listener);
      this.#port = listener.address;
    }
    this.#nameServer.start();
    await welcomed;
  }

  /** Tells everybody, as `gsd` does at SIGTERM. */
  async stop(): Promise<void> {
    this.#clients.shut();
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#driver.enqueue({ kind: 'stop' });
    await stopped;
    this.#clients.close();
    await this.#close();
  }

  /** Ends as by SIGKILL; its links within the process were broken before. */
  async kill(): Promise<void> {
    this.#clients.abort();
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#driver.stop();
    this.#peers.close();
    this.#peerDoor.close();
    this.#nameServer.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #toNameServer(hello: Hello, enqueue: (input: DaemonInput) => void): NameServerConnection {
    const { transport, nameServer } = this.#options;
    return new NameServerConnection({
      transports: [transport],
      addresses: [nameServer],
      hello,
      events: {
        up: (welcome) => {
          const { epoch = 0, store = '', lease = 0, isolation, leaderRecovery } = welcome;
          enqueue({
            kind: 'nameServerUp',
            epoch,
            store,
            leaseMs: lease,
            isolation: isolation ?? 'continue',
            leaderRecovery: leaderRecovery ?? 'announced',
            features: wireOfWelcome(wireOffer(), welcome)?.features,
          });
          this.#ready();
        },
        down: () => enqueue({ kind: 'nameServerDown' }),
        failed: () => {},
        message: (message) => enqueue({ kind: 'fromNameServer', message }),
        refused: () => {},
      },
    });
  }

  #perform(output: DaemonOutput): void {
    switch (output.kind) {
      case 'toPeer':
        return this.#peers.send(output.peer, output.address, output.message);
      case 'toPeers':
        return this.#peers.sendAll(output.peers, output.message);
      case 'toClient':
        return this.#clients.send(output.client, output.message);
      case 'toNameServer':
        return this.#nameServer.send(output.message);
      case 'probePeer':
        return this.#peers.probe(output.peer, output.address);
      case 'dropPeer':
        return this.#peers.drop(output.peer);
      case 'closeClient':
        return this.#clients.end(output.client, output.reason);
      case 'stopped':
        return this.#stopped();
      default:
      // Logs, and answers to questions that only an admin endpoint asks.
    }
  }
}

function peerAddress(address: string): string {
  return `${address}/peers`;
}

function helloOf(options: TestDaemonOptions): Hello & { readonly node: NodeName } {
  return {
    kind: 'hello',
    magic: MAGIC,
    role: 'daemon',
    ...wireOffer(),
    domain: options.domain,
    node: options.node as NodeName,
    incarnation: options.incarnation,
    heartbeat: options.suspectAfter / 4,
    address: peerAddress(options.address),
  };
}

function engineOf(options: TestDaemonOptions, hello: { readonly node: NodeName }): DaemonEngine {
  return new DaemonEngine({
    ...DEFAULT_DAEMON_OPTIONS,
    node: hello.node,
    incarnation: options.incarnation,
    address: peerAddress(options.address),
    heartbeatMs: options.suspectAfter / 4,
    suspectAfterMs: options.suspectAfter,
  });
}
