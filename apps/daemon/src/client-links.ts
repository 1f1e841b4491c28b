import type { DaemonInput } from '@group-services/daemon-engine';
import { acceptSessions, type Intake, type Logger } from '@group-services/runtime';
import type { CloseReason, Link, LinkHandlers } from '@group-services/transport';
import {
  commonWireVersion,
  decodeFromClient,
  encodeToClient,
  type HandshakeAnswer,
  type Hello,
  LIMITS,
  type ToClient,
  WIRE_VERSION,
} from '@group-services/wire';

/** What a process says that takes the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

export interface ClientLinksOptions {
  readonly domain: string;
  readonly node: string;
  readonly incarnation: number;
  readonly bufferBytesMax: number;
  readonly enqueue: (input: DaemonInput) => void;
  readonly intake: Intake;
  readonly logger: Logger;
  /** The admin endpoint, known once it listens. */
  readonly admin: () => string | undefined;
}

/**
 * The connections of this host's processes. Each gets a number; what cannot be read disconnects only
 * its sender, and a process that does not read is disconnected when its buffer is full.
 */
export class ClientLinks {
  readonly #options: ClientLinksOptions;
  readonly #links = new Map<number, Link>();
  /** Until their close has been reported, also after the engine has let them go. */
  readonly #open = new Set<Link>();
  #last = 0;

  constructor(options: ClientLinksOptions) {
    this.#options = options;
  }

  /** For the transports' `listen`. */
  acceptor(): (link: Link) => LinkHandlers {
    const { logger } = this.#options;
    return acceptSessions({
      answer: (hello) => this.#answer(hello),
      opened: (link, hello) => this.#opened(link, hello),
      refused: (remote, code, text) => logger.warn({ remote, code }, `client refused: ${text}`),
    });
  }

  send(client: number, message: ToClient): void {
    const link = this.#links.get(client);
    if (link === undefined) return;
    link.send(encodeToClient(message));
    if (link.bufferedBytes <= this.#options.bufferBytesMax) return;
    this.#options.logger.warn({ client }, 'client reads too slowly and is disconnected');
    this.#gone(client, 'overloaded');
    link.abort();
  }

  close(client: number): void {
    const link = this.#links.get(client);
    this.#links.delete(client);
    link?.close();
  }

  closeAll(): void {
    for (const client of [...this.#links.keys()]) this.close(client);
  }

  /** Links whose last bytes are still on their way. */
  get closing(): number {
    return this.#open.size;
  }

  #answer(hello: Hello): HandshakeAnswer {
    const wire = commonWireVersion(WIRE_VERSION, hello.wire);
    if (hello.role !== 'client') {
      return { kind: 'refuse', code: 'role', text: 'this socket serves client processes' };
    }
    const { domain } = this.#options;
    if (hello.domain !== ANY_DOMAIN && hello.domain !== domain) {
      const text = `this daemon belongs to domain ${domain}, not to ${hello.domain}`;
      return { kind: 'refuse', code: 'domain', text };
    }
    if (wire === undefined) {
      const text = `no common wire version: this daemon speaks ${WIRE_VERSION.min} to ${WIRE_VERSION.max}`;
      return { kind: 'refuse', code: 'wire-version', text };
    }
    const { node, incarnation, admin } = this.#options;
    return {
      kind: 'welcome',
      wire,
      node: node as NonNullable<Hello['node']>,
      incarnation,
      features: [],
      limits: {
        stateValue: LIMITS.stateValue,
        message: LIMITS.message,
        attributeValue: LIMITS.attributeValue,
        reason: LIMITS.reason,
        membershipsPerProcess: LIMITS.membershipsPerProcess,
      },
      admin: admin(),
    };
  }

  #opened(
    link: Link,
    hello: Hello,
  ): { onFrame: (frame: Uint8Array) => void; onClose: (reason: CloseReason) => void } {
    this.#last += 1;
    const client = this.#last;
    const { enqueue, intake, logger } = this.#options;
    this.#links.set(client, link);
    this.#open.add(link);
    const source = intake.add(link);
    enqueue({ kind: 'clientOpened', client, name: hello.name ?? link.remote });
    return {
      onFrame: (frame) => {
        const message = decodeFromClient(frame);
        if (message.ok) {
          enqueue({ kind: 'fromClient', client, message: message.value });
          source.queued();
          return;
        }
        logger.warn({ client, error: message.error }, 'client sent what cannot be read');
        this.#gone(client, 'protocol error');
        link.close();
      },
      onClose: () => {
        this.#open.delete(link);
        source.remove();
        this.#gone(client, undefined);
      },
    };
  }

  /** The engine hears of the end of each connection that it did not close itself, once. */
  #gone(client: number, detail: string | undefined): void {
    if (!this.#links.delete(client)) return;
    this.#options.enqueue({ kind: 'clientClosed', client, detail });
  }
}
