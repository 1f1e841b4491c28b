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
  /** Decides on a HELLO. */
  readonly answer: (hello: Hello, link: Link) => HandshakeAnswer;
  /** WELCOME has been queued: whoever serves this peer from now on. */
  readonly opened: (link: Link, hello: Hello, welcome: Welcome) => SessionHandlers;
  /** A peer that was turned away, for the log. */
  readonly refused: (remote: string, code: RefuseCode, text: string) => void;
  readonly timeoutMs?: number | undefined;
  /** How often one address may come; a rate of its own when left out. */
  readonly rate?: HandshakeRate | undefined;
}

/**
 * Accepts links: the first frame must be a HELLO of at most 16 KiB within the time limit; it is
 * answered by WELCOME, or by REFUSE and closing. Nothing else is accepted before WELCOME.
 */
export function acceptSessions(options: AcceptOptions): (link: Link) => LinkHandlers {
  const halfOpen = new HalfOpenLinks();
  const rate = options.rate ?? new HandshakeRate();
  return (link) => {
    link.setFrameLimit(LIMITS.handshakeFrame);
    halfOpen.add(link);
    let session: SessionHandlers | undefined;
    const refuseWith = (answer: Refuse): void => {
      clearTimeout(timer);
      halfOpen.delete(link);
      options.refused(link.remote, answer.code, answer.text);
      link.send(handshakeFrame(answer));
      link.close();
    };
    const refuse = (code: RefuseCode, text: string): void =>
      refuseWith({ kind: 'refuse', code, text });
    const timer = setTimeout(
      () => refuse('malformed', 'no HELLO came in time'),
      options.timeoutMs ?? LIMITS.handshakeTimeoutMs,
    );
    const tooOften = rate.problem(link.remote);
    if (tooOften !== undefined) {
      refuse('overloaded', tooOften);
      return { onFrame: () => {}, onClose: () => {} };
    }
    const greet = (frame: Uint8Array): void => {
      const hello = decodeHello(frame);
      if (!hello.ok) {
        refuse('malformed', 'the first frame must be a HELLO of Group Services');
        return;
      }
      const ending = options.ending();
      if (ending !== undefined) {
        refuse('stopping', ending);
        return;
      }
      const answer = options.answer(hello.value, link);
      if (answer.kind === 'refuse') {
        refuseWith(answer);
        return;
      }
      link.send(handshakeFrame(answer));
      if (answer.kind !== 'welcome') return;
      clearTimeout(timer);
      halfOpen.delete(link);
      link.setFrameLimit(LIMITS.frame);
      session = options.opened(link, hello.value, answer);
    };
    return {
      onFrame: (_link, frame) => {
        if (session !== undefined) session.onFrame(frame);
        else greet(frame);
      },
      onDrain: () => session?.onDrain?.(),
      onClose: (_link, reason) => {
        clearTimeout(timer);
        halfOpen.delete(link);
        if (session !== undefined) session.onClose(reason);
        else noteBrokenGreeting(reason, (text) => options.refused(link.remote, 'malformed', text));
      },
    };
  };
}

/** What was no frame has ended the link already, so nobody can be answered; the log tells it. */
function noteBrokenGreeting(reason: CloseReason, note: (text: string) => void): void {
  if (reason.kind === 'failed') note(reason.error.message);
  if (reason.kind !== 'frame-too-large') return;
  note(`a first frame of ${reason.bytes} bytes, more than ${reason.limit}; no Group Services?`);
}
