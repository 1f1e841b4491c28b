import { type DaemonId, daemonId } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import { acceptSessions, type SessionHandlers } from '@group-services/runtime';
import type { Link, LinkHandlers } from '@group-services/transport';
import {
  agreeOnWire,
  decodeDaemonFrame,
  decodeFromClient,
  encodeToClient,
  type HandshakeAnswer,
  type Hello,
  isKeepAlive,
  KEEP_ALIVE,
  LIMITS,
  PeerMemberships,
  type ToClient,
  welcomeWire,
} from '@group-services/wire';

/** What both doors of a daemon need. */
export interface DoorOptions {
  readonly self: Hello & { readonly node: NonNullable<Hello['node']> };
  readonly incarnation: number;
  readonly enqueue: (input: DaemonInput) => void;
}

const STOPPING = 'this daemon is stopping';

/** Where other daemons connect; what they say goes to the engine. */
export class PeerDoor {
  readonly #options: DoorOptions;
  readonly #memberships: PeerMemberships;
  readonly #links = new Set<Link>();
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#memberships = new PeerMemberships(daemonId(options.self.node, options.incarnation));
  }

  acceptor(): (link: Link) => LinkHandlers {
    return acceptSessions({
      ending: () => (this.#closed ? STOPPING : undefined),
      answer: (hello) => welcome(hello, this.#options, {}),
      opened: (link, hello) => this.#opened(link, hello),
      refused: () => {},
    });
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links) link.close();
  }

  #opened(link: Link, hello: Hello): SessionHandlers {
    const { enqueue } = this.#options;
    const peer: DaemonId = daemonId(hello.node ?? this.#options.self.node, hello.incarnation ?? 0);
    const memberships = new PeerMemberships(peer);
    this.#links.add(link);
    if (hello.address !== undefined) enqueue({ kind: 'peerUp', peer, address: hello.address });
    return {
      onFrame: (frame) => {
        const message = decodeDaemonFrame(frame, memberships, this.#memberships);
        if (message.ok) enqueue({ kind: 'fromPeer', peer, message: message.value });
        else link.abort();
      },
      onClose: (reason) => {
        this.#links.delete(link);
        if (reason.kind !== 'closed') enqueue({ kind: 'peerClosed', peer });
      },
    };
  }
}

/** Where processes connect. */
export class ClientDoor {
  readonly #options: DoorOptions;
  readonly #links = new Map<number, Link>();
  #last = 0;
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  acceptor(): (link: Link) => LinkHandlers {
    return acceptSessions({
      ending: () => (this.#closed ? STOPPING : undefined),
      answer: (hello) =>
        welcome(hello, this.#options, {
          stateValue: LIMITS.stateValue,
          message: LIMITS.message,
          attributeValue: LIMITS.attributeValue,
          reason: LIMITS.reason,
          membershipsPerProcess: LIMITS.membershipsPerProcess,
        }),
      opened: (link, hello) => this.#opened(link, hello),
      refused: () => {},
    });
  }

  send(client: number, message: ToClient): void {
    this.#links.get(client)?.send(encodeToClient(message));
  }

  end(client: number, why: string): void {
    const link = this.#links.get(client);
    this.#links.delete(client);
    const reason = this.#closed ? 'daemon-stopped' : undefined;
    link?.send(encodeToClient({ kind: 'closing', why, reason }));
    link?.close();
  }

  /** Nobody new is served; who is connected stays. */
  shut(): void {
    this.#closed = true;
  }

  close(): void {
    this.shut();
    for (const client of [...this.#links.keys()]) this.end(client, STOPPING);
  }

  /** The links break without a word, as when the daemon's process dies. */
  abort(): void {
    this.shut();
    for (const link of this.#links.values()) link.abort();
    this.#links.clear();
  }

  #opened(link: Link, hello: Hello): SessionHandlers {
    const { enqueue } = this.#options;
    this.#last += 1;
    const client = this.#last;
    this.#links.set(client, link);
    enqueue({ kind: 'clientOpened', client, name: hello.name ?? link.remote });
    const gone = (detail: string | undefined): void => {
      if (this.#links.delete(client)) enqueue({ kind: 'clientClosed', client, detail });
    };
    return {
      onFrame: (frame) => {
        if (isKeepAlive(frame)) {
          link.send(KEEP_ALIVE);
          return;
        }
        const message = decodeFromClient(frame);
        if (message.ok) enqueue({ kind: 'fromClient', client, message: message.value });
        else {
          gone('protocol error');
          link.abort();
        }
      },
      onClose: () => gone(undefined),
    };
  }
}

function welcome(
  hello: Hello,
  { self, incarnation }: DoorOptions,
  limits: Readonly<Record<string, number>>,
): HandshakeAnswer {
  const agreed = agreeOnWire(self, hello);
  if (agreed === undefined) throw new Error('all of a test domain speak the same wire version');
  return { kind: 'welcome', ...welcomeWire(agreed), node: self.node, incarnation, limits };
}
