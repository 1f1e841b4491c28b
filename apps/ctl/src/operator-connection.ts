import { dialSession, HandshakeFailed, SessionRefused } from '@group-services/runtime';
import { type Link, TransportError, transportFor } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { tls } from '@group-services/transport/tls';
import { unix } from '@group-services/transport/unix';
import {
  decodeToClient,
  encodeFromClient,
  type FromClient,
  LIMITS,
  MAGIC,
  type ToClient,
  wireOffer,
} from '@group-services/wire';
import type { Access } from './access.js';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';

/** As every process: it belongs to the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

type Asked = Extract<FromClient, { readonly request: number }>;
type Unnumbered<Message> = Message extends Asked ? Omit<Message, 'request'> : never;

/** What an operator says to a daemon, without its number. */
export type Question = Unnumbered<Asked>;

/**
 * A connection for what no call of the client library says. Every question has one answer; what comes
 * beside answers, such as events of a subscription, is dropped.
 */
export class OperatorConnection {
  readonly #daemon: DaemonSession;
  readonly #waiting = new Map<number, (answer: ToClient | undefined) => void>();
  #link: Link | undefined;
  #last = 0;
  #limits: Readonly<Record<string, number>> = {};

  private constructor(daemon: DaemonSession) {
    this.#daemon = daemon;
  }

  /** How large something may be, as the daemon has said. */
  limit(name: 'message' | 'stateValue'): number {
    return this.#limits[name] ?? LIMITS[name];
  }

  static async open(daemon: DaemonSession): Promise<OperatorConnection> {
    const connection = new OperatorConnection(daemon);
    const { endpoint, access } = daemon;
    const dialled = dialSession({
      transport: transportFor(endpoint, [
        tcp(),
        unix(),
        ...secure(endpoint, access),
        ...access.transports,
      ]),
      address: endpoint,
      hello: {
        kind: 'hello',
        magic: MAGIC,
        role: 'client',
        ...wireOffer(),
        domain: ANY_DOMAIN,
        name: `gsctl ${process.pid}`,
        ...(access.token !== undefined && { auth: { scheme: 'token', data: access.token } }),
      },
      opened: (_link, welcome) => {
        connection.#limits = welcome.limits;
        return {
          onFrame: (frame) => connection.#received(frame),
          onClose: () => connection.#closed(),
        };
      },
    });
    connection.#link = await answered(daemon, dialled).catch((error: unknown) => {
      throw dialFailure(error, endpoint);
    });
    return connection;
  }

  /** Undefined: the connection ended before. Without a limit it may take as long as people need. */
  async ask(question: Question, limit: 'limited' | 'unlimited'): Promise<ToClient | undefined> {
    this.#last += 1;
    const request = this.#last;
    const answer = new Promise<ToClient | undefined>((resolve) => {
      this.#waiting.set(request, resolve);
    });
    // Numbered, it is what it was made from.
    this.#link?.send(encodeFromClient({ ...question, request } as FromClient));
    return limit === 'limited' ? await answered(this.#daemon, answer) : await answer;
  }

  close(): void {
    this.#link?.close();
  }

  #received(frame: Uint8Array): void {
    const message = decodeToClient(frame);
    if (!message.ok || !('request' in message.value)) return;
    const { request } = message.value;
    if (request === undefined) return;
    this.#waiting.get(request)?.(message.value);
    this.#waiting.delete(request);
  }

  #closed(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}

/** The daemon has taken another connection of this command before; anything else is our defect. */
function dialFailure(error: unknown, endpoint: string): unknown {
  if (error instanceof SessionRefused) {
    return new CommandFailure(EXIT_STATUS.failed, error.message, { cause: error });
  }
  if (!(error instanceof HandshakeFailed || error instanceof TransportError)) return error;
  const text = `lost the daemon at ${endpoint}: ${error.message}`;
  return new CommandFailure(EXIT_STATUS.unreachable, text, { cause: error });
}

function secure(endpoint: string, { tls: given }: Access): ReturnType<typeof tls>[] {
  if (!endpoint.startsWith('tls://')) return [];
  const { ca, cert, key } = given ?? {};
  return [tls({ credentials: { ca, cert, key } })];
}
