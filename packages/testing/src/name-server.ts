import { type DaemonId, Driver, daemonId } from '@group-services/core';
import {
  NameServerEngine,
  type NameServerInput,
  type NameServerOutput,
} from '@group-services/name-server';
import { acceptSessions, NodeHost, type SessionHandlers } from '@group-services/runtime';
import type { Link, Transport } from '@group-services/transport';
import {
  agreeOnWire,
  decodeToNameServer,
  encodeNameServerMessage,
  type HandshakeAnswer,
  type Hello,
  welcomeWire,
  wireOffer,
} from '@group-services/wire';

const LEASE_MS = 3_000;
const STORE = 'in memory';

/** The name server of a test domain: the engine of `gsns`, with its table in memory. */
export class TestNameServer {
  readonly #domain: string;
  readonly #epoch = Date.now();
  readonly #engine: NameServerEngine;
  readonly #driver: Driver<NameServerInput, NameServerOutput>;
  readonly #links = new Map<DaemonId, Link>();

  constructor(domain: string) {
    this.#domain = domain;
    this.#engine = new NameServerEngine({
      epoch: this.#epoch,
      domain,
      leaseMs: LEASE_MS,
      store: STORE,
      fresh: true,
    });
    this.#driver = new Driver<NameServerInput, NameServerOutput>({
      engine: this.#engine,
      host: new NodeHost(),
      perform: (output) => this.#perform(output),
    });
  }

  async start(transport: Transport, address: string): Promise<void> {
    const acceptor = acceptSessions({
      ending: () => undefined,
      answer: (hello) => this.#answer(hello),
      opened: (link, hello) => this.#opened(link, hello),
      refused: () => {},
    });
    await transport.listen(address, acceptor);
    this.#driver.enqueue({ kind: 'deadlineReached' });
  }

  stop(): void {
    this.#driver.stop();
    for (const link of this.#links.values()) link.abort();
  }

  #answer(hello: Hello): HandshakeAnswer {
    const { node } = hello;
    const agreed = agreeOnWire(wireOffer(), hello);
    if (agreed === undefined) throw new Error('all of a test domain speak the same wire version');
    return {
      kind: 'welcome',
      ...welcomeWire(agreed),
      epoch: this.#epoch,
      store: STORE,
      limits: {},
      isolation: 'continue',
      leaderRecovery: 'announced',
      lease: LEASE_MS,
      incarnationFloor: node === undefined ? 0 : this.#engine.incarnationOf(node),
    };
  }

  #opened(link: Link, hello: Hello): SessionHandlers {
    const { node, incarnation = 0, address = '' } = hello;
    if (node === undefined) throw new Error(`a daemon of ${this.#domain} says its node`);
    const daemon = daemonId(node, incarnation);
    this.#links.set(daemon, link);
    this.#driver.enqueue({ kind: 'connected', daemon, address });
    return {
      onFrame: (frame) => {
        const message = decodeToNameServer(frame);
        if (!message.ok) link.abort();
        else this.#driver.enqueue({ kind: 'received', from: daemon, message: message.value });
      },
      onClose: () => {
        if (this.#links.get(daemon) !== link) return;
        this.#links.delete(daemon);
        this.#driver.enqueue({ kind: 'disconnected', daemon });
      },
    };
  }

  #perform(output: NameServerOutput): void {
    if (output.kind === 'send') {
      this.#links.get(output.to)?.send(encodeNameServerMessage(output.message));
    } else if (output.kind === 'disconnect') {
      this.#links.get(output.daemon)?.close();
    }
  }
}
