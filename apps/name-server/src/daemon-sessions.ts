import { type DaemonId, daemonId } from '@group-services/core';
import type { NameServerInput, TurnDownCode } from '@group-services/name-server';
import {
  type Intake,
  judgeHello,
  type Logger,
  refusal,
  type SessionHandlers,
} from '@group-services/runtime';
import type { Link } from '@group-services/transport';
import {
  agreeOnWire,
  decodeToNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  type HandshakeAnswer,
  type Hello,
  type Offered,
  type Welcome,
  welcomeWire,
} from '@group-services/wire';

import { Schemes } from './schemes.js';

const RECEPTION = {
  itself: 'this name server',
  role: 'daemon',
  serves: 'a name server serves daemons only',
} as const;

/** Bytes queued for a daemon that does not read; beyond, it is disconnected and asks anew. */
const BACKLOG_BYTES_MAX = 32 * 1024 * 1024;

export interface DaemonSessionsOptions {
  readonly domain: string;
  /** What every daemon is told, but for the wire version and its own incarnation. */
  readonly welcome: Omit<Welcome, 'kind' | 'wire' | 'minor' | 'features' | 'incarnationFloor'>;
  /** What this name server speaks. */
  readonly offer: Offered;
  /** The highest incarnation seen of a node. */
  readonly incarnationOf: (node: NonNullable<Hello['node']>) => number;
  /** Why a daemon of a lower incarnation is refused. */
  readonly supersededText: (node: NonNullable<Hello['node']>) => string;
  readonly enqueue: (input: NameServerInput) => void;
  readonly intake: Intake;
  readonly logger: Logger;
  /** Whether this name server itself is reached by TLS. */
  readonly isProtected: boolean;
  /** Daemons with and without TLS side by side are taken, for a change-over. */
  readonly tlsOptional: boolean;
}

/** The connections of daemons with one life of the engine: who is taken, frames, and the one link of each. */
export class DaemonSessions {
  readonly #options: DaemonSessionsOptions;
  readonly #links = new Map<DaemonId, Link>();
  readonly #schemes: Schemes;
  /** Those that knock: whether they are taken is for the engine to say. */
  readonly #knocking = new Map<DaemonId, Knock[]>();

  constructor(options: DaemonSessionsOptions) {
    this.#options = options;
    this.#schemes = new Schemes(options);
  }

  send(to: DaemonId, message: FromNameServer): void {
    const link = this.#links.get(to);
    if (link === undefined || link.send(encodeNameServerMessage(message))) return;
    if (link.bufferedBytes <= BACKLOG_BYTES_MAX) return;
    this.#options.logger.warn({ daemon: to }, 'daemon does not read its answers');
    link.abort();
  }

  /** The daemon is told why, and writes it into its log. */
  disconnect(daemon: DaemonId, text: string): void {
    const link = this.#links.get(daemon);
    link?.send(encodeNameServerMessage({ kind: 'closing', text }));
    link?.close();
  }

  /** `why`: what they are told, if anything. */
  closeAll(why?: string): void {
    this.#schemes.close();
    for (const daemon of [...this.#knocking.keys()]) {
      this.turnDown(daemon, 'stopping', why ?? 'this name server is stopping');
    }
    for (const [daemon, link] of this.#links) {
      if (why === undefined) link.close();
      else this.disconnect(daemon, why);
    }
    this.#links.clear();
  }

  /** The engine takes it. */
  admit(daemon: DaemonId): void {
    for (const { admitted } of this.#take(daemon)) admitted();
  }

  /** The engine does not take it. */
  turnDown(daemon: DaemonId, code: TurnDownCode | 'stopping', text: string): void {
    for (const { answered } of this.#take(daemon)) answered(refusal(code, text));
  }

  #take(daemon: DaemonId): readonly Knock[] {
    const knocks = this.#knocking.get(daemon) ?? [];
    this.#knocking.delete(daemon);
    return knocks;
  }

  /** Decides on a HELLO. */
  answer(hello: Hello, link: Link): HandshakeAnswer | Promise<HandshakeAnswer> {
    const { domain, welcome, offer, incarnationOf, supersededText } = this.#options;
    const { node, incarnation, address } = hello;
    const verdict = judgeHello(hello, link, { ...RECEPTION, domain, offer });
    if (verdict.kind === 'refuse') return verdict;
    if (node === undefined || incarnation === undefined || address === undefined) {
      return refusal('malformed', 'a daemon says its node, incarnation and address');
    }
    const mixed = this.#schemes.problem(node, address);
    if (mixed !== undefined) return refusal('NOT_AUTHORIZED', mixed);
    const incarnationFloor = incarnationOf(node);
    if (incarnationFloor > incarnation) {
      const text = supersededText(node);
      return { kind: 'refuse', code: 'superseded', text, incarnationFloor };
    }
    const wire = welcomeWire(verdict.agreed);
    const daemon = daemonId(node, incarnation);
    const { pid, replace } = hello;
    return new Promise((answered) => {
      const admitted = (): void =>
        answered({ ...welcome, kind: 'welcome', ...wire, incarnationFloor });
      const known = this.#knocking.get(daemon) ?? [];
      this.#knocking.set(daemon, [...known, { admitted, answered }]);
      this.#options.enqueue({ kind: 'knocked', daemon, address, pid, replace });
    });
  }

  /** Serves the daemon from now on. */
  opened(link: Link, hello: Hello): SessionHandlers {
    const { enqueue, intake, logger, offer } = this.#options;
    const daemon = daemonId(hello.node as NonNullable<Hello['node']>, hello.incarnation ?? 0);
    // A daemon that dials again has lost its former connection, even if we have not noticed yet.
    this.#links.get(daemon)?.abort();
    this.#links.set(daemon, link);
    const source = intake.add(link, daemon);
    const { address = '', ephemeral, pid, release } = hello;
    const saysThatItLives = agreeOnWire(offer, hello)?.features.has('name-held');
    this.#schemes.add(daemon, address);
    enqueue({ kind: 'connected', daemon, address, ephemeral, pid, saysThatItLives, release });
    return {
      onFrame: (frame) => {
        if (this.#links.get(daemon) !== link) return;
        source.queued();
        const message = decodeToNameServer(frame);
        if (message.ok) {
          enqueue({ kind: 'received', from: daemon, message: message.value });
          return;
        }
        logger.warn({ daemon, error: message.error }, 'daemon sent what cannot be read');
        link.abort();
      },
      onClose: (reason) => {
        source.remove();
        if (reason.kind === 'frame-too-large')
          logger.warn({ daemon, ...reason }, 'frame too large');
        if (this.#links.get(daemon) !== link) return;
        this.#links.delete(daemon);
        this.#schemes.remove(daemon);
        enqueue({ kind: 'disconnected', daemon });
      },
    };
  }
}

/** One that waits for its WELCOME. */
interface Knock {
  readonly admitted: () => void;
  readonly answered: (answer: HandshakeAnswer) => void;
}
