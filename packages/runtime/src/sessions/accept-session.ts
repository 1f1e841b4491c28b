import type { CloseReason, Link, LinkHandlers } from '@group-services/transport';
import {
  decodeHello,
  type HandshakeAnswer,
  type Hello,
  LIMITS,
  type Refuse,
  type RefuseCode,
  type Welcome,
} from '@group-services/wire';
import { HalfOpenLinks } from './half-open-links.js';
import { handshakeFrame } from './handshake-frame.js';
import { HandshakeRate } from './handshake-rate.js';

/** What takes over a link after its handshake. */
export interface SessionHandlers {
  readonly onFrame: (frame: Uint8Array) => void;
  readonly onDrain?: (() => void) | undefined;
  readonly onClose: (reason: CloseReason) => void;
}

/** The answering side of the handshake (`command-line.md`, Handshake). */
export interface AcceptOptions {
  /**
   * Why nobody is welcomed any more, once the links of this side have been or are about to be closed:
   * a handshake that completes later would leave a link that nobody serves, and nobody closes.
   */
  readonly ending: () => string | undefined;
  /** Decides on a HELLO; somebody else may have to be asked first, and the peer waits. */
  readonly answer: (hello: Hello, link: Link) => HandshakeAnswer | Promise<HandshakeAnswer>;
  /** WELCOME has been queued: whoever serves this peer from now on. */
  readonly opened: (link: Link, hello: Hello, welcome: Welcome) => SessionHandlers;
  /** A peer that was turned away, for the log. */
  readonly refused: (remote: string, code: RefuseCode, text: string) => void;
  readonly timeoutMs?: number | undefined;
  /** How many may be in the middle of a handshake, where that is fewer than usual. */
  readonly halfOpenMax?: (() => number) | undefined;
  /** How often one address may come; a rate of its own when left out. */
  readonly rate?: HandshakeRate | undefined;
}

/**
 * Accepts links: the first frame must be a HELLO of at most 16 KiB within the time limit; it is
 * answered by WELCOME, or by REFUSE and closing. Nothing else is accepted before WELCOME.
 */
export function acceptSessions(options: AcceptOptions): (link: Link) => LinkHandlers {
  const halfOpen = new HalfOpenLinks(options.halfOpenMax);
  const rate = options.rate ?? new HandshakeRate();
  return (link) => {
    link.setFrameLimit(LIMITS.handshakeFrame);
    halfOpen.add(link);
    const greeting = new Greeting(link, options, () => halfOpen.delete(link));
    const tooOften = rate.problem(link.remote);
    if (tooOften !== undefined) greeting.refuse('overloaded', tooOften);
    return greeting;
  };
}

/** One link, from its first frame on; what comes after WELCOME is its session's. */
class Greeting implements LinkHandlers {
  readonly #link: Link;
  readonly #options: AcceptOptions;
  readonly #ended: () => void;
  readonly #timer: NodeJS.Timeout;
  /** `judged`: its HELLO is being decided on. */
  #state: 'silent' | 'judged' | 'welcomed' | 'over' = 'silent';
  #session: SessionHandlers | undefined;

  /** `ended`: this link has been welcomed, or will not be. */
  constructor(link: Link, options: AcceptOptions, ended: () => void) {
    this.#link = link;
    this.#options = options;
    this.#ended = ended;
    const limitMs = options.timeoutMs ?? LIMITS.handshakeTimeoutMs;
    this.#timer = setTimeout(() => this.#tooLate(), limitMs);
  }

  refuse(code: RefuseCode, text: string): void {
    this.#refuseWith({ kind: 'refuse', code, text });
  }

  readonly onFrame = (_link: Link, frame: Uint8Array): void => {
    if (this.#session !== undefined) this.#session.onFrame(frame);
    else if (this.#state === 'silent') this.#greet(frame);
    else if (this.#state === 'judged') {
      this.refuse('malformed', 'nothing may be said between HELLO and WELCOME');
    }
  };

  readonly onDrain = (): void => this.#session?.onDrain?.();

  readonly onClose = (link: Link, reason: CloseReason): void => {
    this.#end('over');
    if (this.#session !== undefined) this.#session.onClose(reason);
    else
      noteBrokenGreeting(reason, (text) => this.#options.refused(link.remote, 'malformed', text));
  };

  #tooLate(): void {
    const isJudged = this.#state === 'judged';
    if (isJudged) this.refuse('overloaded', 'whether to take you could not be found out in time');
    else this.refuse('malformed', 'no HELLO came in time');
  }

  #greet(frame: Uint8Array): void {
    const hello = decodeHello(frame);
    if (!hello.ok) {
      this.refuse('malformed', 'the first frame must be a HELLO of Group Services');
      return;
    }
    const ending = this.#options.ending();
    if (ending !== undefined) {
      this.refuse('stopping', ending);
      return;
    }
    const answer = this.#options.answer(hello.value, this.#link);
    if (!(answer instanceof Promise)) {
      this.#conclude(hello.value, answer);
      return;
    }
    this.#state = 'judged';
    void answer.then((late) => {
      if (this.#state === 'judged') this.#conclude(hello.value, late);
    });
  }

  #conclude(hello: Hello, answer: HandshakeAnswer): void {
    if (answer.kind === 'refuse') {
      this.#refuseWith(answer);
      return;
    }
    this.#link.send(handshakeFrame(answer));
    if (answer.kind !== 'welcome') return;
    this.#end('welcomed');
    this.#link.setFrameLimit(LIMITS.frame);
    this.#session = this.#options.opened(this.#link, hello, answer);
  }

  #refuseWith(answer: Refuse): void {
    this.#end('over');
    this.#options.refused(this.#link.remote, answer.code, answer.text);
    this.#link.send(handshakeFrame(answer));
    this.#link.close();
  }

  #end(state: 'welcomed' | 'over'): void {
    this.#state = state;
    clearTimeout(this.#timer);
    this.#ended();
  }
}

/** What was no frame has ended the link already, so nobody can be answered; the log tells it. */
function noteBrokenGreeting(reason: CloseReason, note: (text: string) => void): void {
  if (reason.kind === 'failed') note(reason.error.message);
  if (reason.kind !== 'frame-too-large') return;
  note(`a first frame of ${reason.bytes} bytes, more than ${reason.limit}; no Group Services?`);
}
