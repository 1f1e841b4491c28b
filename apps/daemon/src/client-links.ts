import { Counts } from '@group-services/core';
import type { DaemonInput, PaceLimits } from '@group-services/daemon-engine';
import {
  Attempts,
  acceptSessions,
  addressOf,
  HandshakeRate,
  type Intake,
  judgeHello,
  type Logger,
  RefusalLog,
  Room,
  refusal,
  type SessionHandlers,
  type Source,
} from '@group-services/runtime';
import type { Link, LinkHandlers, Transport } from '@group-services/transport';
import {
  type ClientLimits,
  decodeFromClient,
  encodeToClient,
  type Features,
  type HandshakeAnswer,
  type Hello,
  isKeepAlive,
  KEEP_ALIVE,
  type Offered,
  type Refuse,
  type ToClient,
  type Welcome,
  welcomeWire,
  wireOfWelcome,
} from '@group-services/wire';
import { heardWith, toldWith } from './client-features.js';
import { ClientPace, type PacedLink } from './client-pace.js';
import { ByteRates } from './security/byte-rate.js';
import { identify, type Principal } from './security/principals.js';
import type { Security } from './security/security.js';
import { STOPPING } from './stopping.js';
import type { Tracing } from './tracing.js';
import { VanishedClients } from './vanished-clients.js';

const RECEPTION = {
  itself: 'this daemon',
  role: 'client',
  serves: 'this socket serves client processes',
} as const;

const NO_FEATURES: Features = new Set();

/** May do nothing; nobody is this, since whoever is welcomed was identified. */
const NOBODY: Principal = { name: '', token: undefined };

/** How often the signs of life of both sides are seen to. */
const ROUND_MS = 2_500;

/**
 * The connections of this host's processes. Each gets a number; what cannot be read disconnects only
 * its sender, and how far each process lags is watched by {@link ClientPace}.
 *
 * A process that asks for a sign of life gets one ahead of everything that waits for the engine, and one
 * that is not read at the moment gets it unasked. Nothing is concluded from a process's own silence: who
 * stands still may go on, and only a host that has vanished is given up (see VanishedClients).
 */
export class ClientLinks {
  readonly #options: ClientLinksOptions;
  readonly #clients = new Map<number, Client>();
  readonly #vanished = new VanishedClients();
  readonly #pace: ClientPace;
  /** Until their close has been reported, also after the engine has let them go. */
  readonly #open = new Set<Link>();
  readonly #rounds: NodeJS.Timeout;
  readonly #room: Room;
  readonly #refusals: RefusalLog;
  /** Connections that ended and were not closed by the engine, by reason. */
  readonly lost = new Counts();
  /** Of links that are being welcomed. */
  readonly #principals = new WeakMap<Link, Principal>();
  readonly #attempts = new Attempts();
  readonly #byteRates = new ByteRates();
  readonly #rate: HandshakeRate;
  #last = 0;
  /** Nobody new is served any more. */
  #stopping = false;
  /** The daemon was told to stop, and leaves in order. */
  #leaving = false;

  constructor(options: ClientLinksOptions) {
    this.#options = options;
    this.#rate = new HandshakeRate(options.security.limits.handshakesPerSecond);
    this.#rounds = setInterval(() => void this.#round(), ROUND_MS);
    this.#rounds.unref();
    this.#refusals = new RefusalLog(options.logger, 'client refused');
    this.#room = new Room({ whom: 'processes', logger: options.logger });
    this.#pace = new ClientPace(options, {
      links: this.#clients,
      nameOf: (client) => this.nameOf(client),
      tooSlow: (client, open, why) => this.#endTooSlow(client, open, why),
    });
  }

  /** For the `listen` of a transport of this privacy. */
  acceptor(privacy: Transport['privacy']): (link: Link) => LinkHandlers {
    const accept = acceptSessions({
      rate: this.#rate,
      ending: () => (this.#stopping ? STOPPING : undefined),
      answer: (hello, link) => this.#answer(hello, link, privacy),
      opened: (link, hello, welcome) => this.#opened(link, hello, welcome),
      refused: (remote, code, text) => {
        this.#options.refused(code);
        this.#refusals.note(remote, code, text);
      },
    });
    return this.#room.guard(accept);
  }

  /** Why no more processes are taken in; empty when they are. */
  get wants(): readonly string[] {
    return this.#room.wants;
  }

  /** The most that waits for any process. */
  get queuedBytesMax(): number {
    return Math.max(0, ...[...this.#clients.values()].map(({ link }) => link.bufferedBytes));
  }

  /** What waits for this process. */
  queuedBytes(client: number): number {
    return this.#clients.get(client)?.link.bufferedBytes ?? 0;
  }

  /** The label of a process, for lines of the log that are about it. */
  nameOf(client: number): string | undefined {
    return this.#clients.get(client)?.name;
  }

  get size(): number {
    return this.#clients.size;
  }

  send(client: number, message: ToClient): void {
    const open = this.#clients.get(client);
    if (open === undefined) return;
    const { link, features } = open;
    const { tracing } = this.#options;
    const before = link.bufferedBytes;
    link.send(encodeToClient(toldWith(features, tracing.told(client, message))));
    this.#pace.wrote(client, open, { handle: handleOf(message), before });
  }

  /** Ends a connection after what was sent; `why` is told. */
  close(client: number, why: string): void {
    const link = this.#clients.get(client)?.link;
    this.#clients.delete(client);
    const reason = this.#leaving ? 'daemon-stopped' : undefined;
    link?.send(encodeToClient({ kind: 'closing', why, reason }));
    link?.close();
  }

  /** From now on whoever comes is refused, with the reason. */
  stopping(): void {
    this.#stopping = true;
    this.#leaving = true;
  }

  closeAll(): void {
    this.#stopping = true;
    clearInterval(this.#rounds);
    for (const client of [...this.#clients.keys()]) this.close(client, STOPPING);
  }

  /** Links whose last bytes are still on their way. */
  get closing(): number {
    return this.#open.size;
  }

  #answer(hello: Hello, link: Link, privacy: Transport['privacy']): HandshakeAnswer {
    const { domain, node, incarnation, admin, offer } = this.#options;
    const verdict = judgeHello(hello, link, { ...RECEPTION, domain, offer });
    if (verdict.kind === 'refuse') return verdict;
    const denied = this.#identify(link, hello, privacy);
    if (denied !== undefined) return denied;
    return {
      kind: 'welcome',
      ...welcomeWire(verdict.agreed),
      node: node as NonNullable<Hello['node']>,
      incarnation,
      limits: { ...this.#options.limits },
      admin: admin(),
    };
  }

  /** Finds out who it is, and whether there is room for one more of that principal. */
  #identify(link: Link, hello: Hello, privacy: Transport['privacy']): Refuse | undefined {
    const { domain, security } = this.#options;
    const address = addressOf(link.remote);
    const wait = address === undefined ? 0 : this.#attempts.waitSeconds(address);
    if (wait > 0) {
      const text = `too many wrong credentials from ${address}; wait ${wait} s`;
      return refusal('overloaded', text);
    }
    const identified = identify(link, hello, { domain, tokens: security.tokens, privacy });
    if (!identified.ok) {
      if (address !== undefined && hello.auth !== undefined) this.#attempts.failed(address);
      return refusal('NOT_AUTHORIZED', identified.text);
    }
    const { principal } = identified;
    const full = this.#full(principal.name, security.limits.of(principal.name).connections);
    if (full !== undefined) return refusal('overloaded', full);
    this.#principals.set(link, principal);
    return undefined;
  }

  #full(name: string, connections: number | undefined): string | undefined {
    if (connections === undefined) return undefined;
    let count = 0;
    for (const { principal } of this.#clients.values()) if (principal.name === name) count += 1;
    if (count < connections) return undefined;
    return `principal ${name} has ${count} connections, and may have no more (gsd --limits)`;
  }

  #opened(link: Link, hello: Hello, welcome: Welcome): SessionHandlers {
    this.#last += 1;
    const client = this.#last;
    const { enqueue, intake, logger, tracing } = this.#options;
    const source = intake.add(link);
    const principal = this.#principals.get(link) ?? NOBODY;
    const features = wireOfWelcome(this.#options.offer, welcome)?.features ?? NO_FEATURES;
    const name = hello.name ?? link.remote;
    this.#clients.set(client, { ...this.#pace.add(link), name, source, principal, features });
    this.#open.add(link);
    this.#vanished.add(link, performance.now());
    const limits = this.#options.security.limits.of(principal.name);
    const { memberships: membershipsMax, openProposals: proposalsMax } = limits;
    const who = { name, principal: principal.name, membershipsMax, proposalsMax };
    enqueue({ kind: 'clientOpened', client, ...who });
    return {
      onFrame: (frame) => {
        const { bytesPerSecond } = limits;
        if (bytesPerSecond !== undefined) {
          this.#byteRates.count(principal.name, bytesPerSecond, frame.length, link);
        }
        if (isKeepAlive(frame)) {
          giveSignOfLife(link);
          return;
        }
        const message = decodeFromClient(frame);
        if (message.ok) {
          const heard = tracing.heard(client, heardWith(features, message.value));
          enqueue({ kind: 'fromClient', client, message: heard });
          source.queued();
          return;
        }
        logger.warn(
          { client, clientName: name, error: message.error },
          'client sent what cannot be read',
        );
        this.#gone(client, 'protocol error');
        const why = `the process sent what cannot be read: ${message.error}`;
        link.send(encodeToClient({ kind: 'closing', why }));
        link.close();
      },
      onDrain: () => this.#pace.drained(client),
      onClose: () => {
        this.#open.delete(link);
        this.#vanished.remove(link);
        source.remove();
        this.#gone(client, undefined);
      },
    };
  }

  #endTooSlow(client: number, { link }: PacedLink, why: string): void {
    this.#gone(client, 'overloaded');
    link.closeWith(encodeToClient({ kind: 'closing', why, reason: 'overloaded' }));
  }

  /** The engine hears of the end of each connection that it did not close itself, once. */
  #gone(client: number, detail: string | undefined): void {
    if (!this.#clients.delete(client)) return;
    this.lost.add(1, detail ?? 'closed');
    this.#options.enqueue({ kind: 'clientClosed', client, detail });
  }

  /** A token that was taken out of the file, or whose time is over, proves nothing any more. */
  #endThoseWithOldTokens(): void {
    const { security, logger } = this.#options;
    for (const [client, { link, principal, name: clientName }] of this.#clients) {
      const { token, name } = principal;
      if (token === undefined || security.tokens?.holds(token) === true) continue;
      logger.warn(
        { client, clientName, principal: name },
        'the token of a process is not good any more',
      );
      this.#gone(client, 'not-authorized');
      const why = 'its token is not good any more';
      link.closeWith(encodeToClient({ kind: 'closing', why, reason: 'not-authorized' }));
    }
  }

  async #round(): Promise<void> {
    this.#endThoseWithOldTokens();
    const { handshakesPerSecond } = this.#options.security.limits;
    if (handshakesPerSecond !== undefined) this.#rate.perSecond = handshakesPerSecond;
    for (const { link, source } of this.#clients.values()) {
      if (source.isPaused) giveSignOfLife(link);
    }
    const vanished = await this.#vanished.find(performance.now());
    for (const [client, { link, name: clientName }] of this.#clients) {
      if (!vanished.includes(link)) continue;
      const { remote } = link;
      this.#options.logger.warn({ client, clientName, remote }, 'the host of a client is gone');
      this.#gone(client, 'host unreachable');
      link.abort();
    }
  }
}

export interface ClientLinksOptions {
  readonly domain: string;
  /** What this daemon speaks. */
  readonly offer: Offered;
  readonly node: string;
  readonly incarnation: number;
  readonly pace: PaceLimits;
  /** What is announced to processes; the engine keeps them to it. */
  readonly limits: ClientLimits;
  readonly enqueue: (input: DaemonInput) => void;
  readonly intake: Intake;
  readonly logger: Logger;
  /** A handshake was refused with this code. */
  readonly refused: (code: string) => void;
  readonly security: Pick<Security, 'tokens' | 'limits'>;
  /** The admin endpoint, known once it listens. */
  readonly admin: () => string | undefined;
  readonly tracing: Tracing;
}

/** The connection of one process. */
interface Client extends PacedLink {
  /** Its label. */
  readonly name: string;
  readonly source: Source;
  readonly principal: Principal;
  /** What both ends know beyond the first minor of the wire format. */
  readonly features: Features;
}

/** What is on its way already is one. So a process that does not read gets no more of them. */
function giveSignOfLife(link: Link): void {
  if (link.bufferedBytes === 0) link.send(KEEP_ALIVE);
}

/** What belongs to no handle counts as a handle of its own, which nobody has. */
const NO_HANDLE = 0;

function handleOf(message: ToClient): number {
  return 'handle' in message ? message.handle : NO_HANDLE;
}
