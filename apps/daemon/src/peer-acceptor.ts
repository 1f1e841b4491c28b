import { type DaemonId, daemonId } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import {
  acceptSessions,
  Descriptors,
  type Intake,
  judgeHello,
  type Logger,
  RefusalLog,
  refusal,
  type Traffic,
} from '@group-services/runtime';
import type { CloseReason, Link, LinkHandlers } from '@group-services/transport';
import {
  decodeDaemonFrame,
  type HandshakeAnswer,
  type Hello,
  LIMITS,
  PeerMemberships,
  welcomeWire,
} from '@group-services/wire';
import type { DaemonHello } from './hello.js';
import { STOPPING } from './stopping.js';

const SERVES = 'this address serves other daemons';

export interface PeerAcceptorOptions {
  /** What this daemon says of itself when it dials. */
  readonly self: DaemonHello;
  readonly enqueue: (input: DaemonInput) => void;
  readonly intake: Intake;
  readonly logger: Logger;
  readonly traffic: Traffic;
  /** A handshake was refused with this code. */
  readonly refused: (code: string) => void;
  /** A daemon has said how often its heartbeats come. */
  readonly heartbeatOf: (peer: DaemonId, everyMs: number) => void;
}

/** Accepts the links that other daemons dial; they carry what those have to say to this one. */
export class PeerAcceptor {
  readonly #options: PeerAcceptorOptions;
  readonly #self: PeerMemberships;
  readonly #refusals: RefusalLog;
  readonly #descriptors = new Descriptors();
  readonly #links = new Set<Link>();
  #closed = false;

  constructor(options: PeerAcceptorOptions) {
    this.#options = options;
    this.#refusals = new RefusalLog(options.logger, 'peer refused');
    this.#self = new PeerMemberships(daemonId(options.self.node, options.self.incarnation));
  }

  acceptor(): (link: Link) => LinkHandlers {
    return acceptSessions({
      halfOpenMax: () => this.#descriptors.partOfKept(4),
      ending: () => (this.#closed ? STOPPING : undefined),
      answer: (hello, link) => this.#answer(hello, link),
      opened: (link, hello) => this.#opened(link, hello),
      refused: (remote, code, text) => {
        this.#options.refused(code);
        this.#refusals.note(remote, code, text);
      },
    });
  }

  /** Closes all links, and refuses whoever says HELLO later. */
  closeAll(): void {
    this.#closed = true;
    for (const link of this.#links) link.close();
  }

  #answer(hello: Hello, link: Link): HandshakeAnswer {
    const { self } = this.#options;
    const { node, incarnation, domain } = self;
    if (hello.node === undefined || hello.incarnation === undefined) {
      return refusal('role', SERVES);
    }
    const reception = { itself: 'this daemon', domain, role: 'daemon', serves: SERVES } as const;
    const verdict = judgeHello(hello, link, { ...reception, offer: self });
    if (verdict.kind === 'refuse') return verdict;
    const limits = { frame: LIMITS.frame };
    return { kind: 'welcome', ...welcomeWire(verdict.agreed), node, incarnation, limits };
  }

  #opened(
    link: Link,
    hello: Hello,
  ): { onFrame: (frame: Uint8Array) => void; onClose: (reason: CloseReason) => void } {
    const { enqueue, intake, logger } = this.#options;
    const peer = daemonId(hello.node as NonNullable<Hello['node']>, hello.incarnation ?? 0);
    const memberships = new PeerMemberships(peer);
    this.#links.add(link);
    if (hello.heartbeat !== undefined) this.#options.heartbeatOf(peer, hello.heartbeat);
    const source = intake.add(link, peer);
    if (hello.address !== undefined) enqueue({ kind: 'peerUp', peer, address: hello.address });
    return {
      onFrame: (frame) => {
        this.#options.traffic.received(peer, frame);
        const message = decodeDaemonFrame(frame, memberships, this.#self);
        if (message.ok) {
          enqueue({ kind: 'fromPeer', peer, message: message.value });
          source.queued();
          return;
        }
        logger.warn({ peer, error: message.error }, 'peer sent what cannot be read');
        link.abort();
      },
      onClose: (reason) => {
        this.#links.delete(link);
        source.remove();
        if (reason.kind !== 'closed') enqueue({ kind: 'peerClosed', peer });
      },
    };
  }
}
