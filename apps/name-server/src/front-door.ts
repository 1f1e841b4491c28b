import {
  acceptSessions,
  type Logger,
  RefusalLog,
  Room,
  refusal,
  type SessionHandlers,
} from '@group-services/runtime';
import type { Link, LinkHandlers } from '@group-services/transport';
import type { HandshakeAnswer, Hello } from '@group-services/wire';
import type { DaemonSessions } from './daemon-sessions.js';

export interface FrontDoorOptions {
  readonly logger: Logger;
  /** Who serves daemons at this moment; undefined: this name server is not active. */
  readonly inside: () => DaemonSessions | undefined;
  /** Where the name server is that is active. */
  readonly activeElsewhere: () => string | undefined;
  /** A handshake was refused with this code. */
  readonly refused: (code: string) => void;
}

/**
 * Where daemons knock. Whoever is active takes them; one that is not says who is, so that a daemon need not
 * try them all.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #room: Room;
  readonly #refusals: RefusalLog;
  #isStopping = false;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#refusals = new RefusalLog(options.logger, 'refused');
    this.#room = new Room({ whom: 'daemons', logger: options.logger });
  }

  acceptor(): (link: Link) => LinkHandlers {
    const { logger, inside } = this.#options;
    const accept = acceptSessions({
      ending: () => (this.#isStopping ? 'this name server is stopping' : undefined),
      answer: (hello, link) => {
        const host = inside();
        return host?.answer(hello, link) ?? this.#notActive();
      },
      opened: (link, hello) => this.#opened(link, hello),
      refused: (remote, code, text) => {
        this.#options.refused(code);
        // They come again and again while name servers change places.
        if (code === 'NOT_ACTIVE') logger.debug({ remote, code }, `refused: ${text}`);
        else this.#refusals.note(remote, code, text);
      },
    });
    return this.#room.guard(accept);
  }

  /** Why no more daemons are taken in; empty when they are. */
  get wants(): readonly string[] {
    return this.#room.wants;
  }

  /** From now on nobody is taken. */
  close(): void {
    this.#isStopping = true;
  }

  /** Its place may have been lost since it was answered: then nobody would serve it. */
  #opened(link: Link, hello: Hello): SessionHandlers {
    const host = this.#isStopping ? undefined : this.#options.inside();
    if (host !== undefined) return host.opened(link, hello);
    link.close();
    return { onFrame: () => {}, onClose: () => {} };
  }

  #notActive(): HandshakeAnswer {
    const address = this.#options.activeElsewhere();
    const where = address === undefined ? 'nobody is, as far as it knows' : `${address} is`;
    const answer = refusal('NOT_ACTIVE', `this name server is not active: ${where}`);
    return address === undefined ? answer : { ...answer, address };
  }
}
