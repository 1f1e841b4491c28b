import type { CloseReason, Identity, Link, Transport } from '@group-services/transport';
import {
  decodeHandshakeAnswer,
  type Hello,
  LIMITS,
  noCommonWire,
  type Refuse,
  type RefuseCode,
  type Welcome,
  wireOfWelcome,
} from '@group-services/wire';
import { identityProblem } from '../security/peer-identity.js';
import type { SessionHandlers } from './accept-session.js';
import { handshakeFrame } from './handshake-frame.js';

/** The peer answered, and does not want us; trying again changes nothing. */
export class SessionRefused extends Error {
  override readonly name = 'SessionRefused';
  readonly code: RefuseCode;
  /** With `superseded`: the highest incarnation that a name server has seen of our node. */
  readonly incarnationFloor: number | undefined;
  /** With `NOT_ACTIVE`: where the name server is that is. */
  readonly active: string | undefined;

  constructor(address: string, refusal: Omit<Refuse, 'kind'>) {
    super(`${address} refuses this connection: ${refusal.text}`);
    this.code = refusal.code;
    this.incarnationFloor = refusal.incarnationFloor;
    this.active = refusal.address;
  }
}

/** The handshake did not come to an answer. */
export class HandshakeFailed extends Error {
  override readonly name = 'HandshakeFailed';
}

/** Something listens there and has not answered yet. */
export class HandshakeSilence extends HandshakeFailed {
  override readonly name = 'HandshakeFailed';
}

/** The asking side of the handshake. */
export interface DialSessionOptions {
  readonly transport: Transport;
  readonly address: string;
  readonly hello: Hello;
  /** Whom the certificate at the other end has to stand for, where there is one. */
  readonly meant?: Identity | undefined;
  /** Called in the turn of the WELCOME: no frame is missed. */
  readonly opened: (link: Link, welcome: Welcome) => SessionHandlers;
  /** Ends the attempt, until WELCOME has come. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Dials, says HELLO and waits for the answer. Resolves with the link after WELCOME. An attempt that is
 * given up leaves no link behind, however far it has come.
 *
 * @throws SessionRefused, HandshakeFailed, or the transport's TransportError
 */
export async function dialSession(options: DialSessionOptions): Promise<Link> {
  const { transport, address, hello, signal } = options;
  const timeoutMs = options.timeoutMs ?? LIMITS.handshakeTimeoutMs;
  const welcomed = deferred<Link>();
  let session: SessionHandlers | undefined;
  const answer = (link: Link, frame: Uint8Array): void => {
    const decoded = decodeHandshakeAnswer(frame);
    if (!decoded.ok)
      fail(
        link,
        new HandshakeFailed(
          `${address} does not speak Group Services: something else listens there`,
        ),
      );
    else if (decoded.value.kind === 'refuse') {
      fail(link, new SessionRefused(address, decoded.value));
    } else if (decoded.value.kind === 'challenge') {
      const text = `it asks for credentials (${decoded.value.scheme}), which daemons do not have`;
      fail(link, new SessionRefused(address, { code: 'NOT_AUTHORIZED', text }));
    } else if (wireOfWelcome(hello, decoded.value) === undefined) {
      const { wire, minor } = decoded.value;
      const other = { who: address, wire: { min: wire, max: wire, minor } };
      const text = noCommonWire({ who: 'this program', wire: hello.wire }, other);
      fail(link, new SessionRefused(address, { code: 'wire-version', text }));
    } else {
      link.setFrameLimit(LIMITS.frame);
      session = options.opened(link, decoded.value);
      welcomed.resolve(link);
    }
  };
  const fail = (link: Link, error: Error): void => {
    welcomed.reject(error);
    link.abort();
  };
  const link = await transport.dial(
    address,
    {
      onFrame: (link, frame) => {
        if (session !== undefined) session.onFrame(frame);
        else answer(link, frame);
      },
      onDrain: () => session?.onDrain?.(),
      onClose: (_link, reason) => {
        if (session !== undefined) session.onClose(reason);
        else welcomed.reject(new HandshakeFailed(`${address} ${brokenBy(reason)}`));
      },
    },
    { signal, timeoutMs, frameLimit: LIMITS.handshakeFrame },
  );
  const timer = setTimeout(() => {
    fail(link, new HandshakeSilence(`${address} did not answer HELLO within ${timeoutMs} ms`));
  }, timeoutMs);
  const giveUp = (): void => {
    if (session === undefined) fail(link, new HandshakeFailed(`${address} is dialled no longer`));
  };
  signal?.addEventListener('abort', giveUp);
  const stranger = options.meant === undefined ? undefined : identityProblem(link, options.meant);
  // It may have been aborted in the turn in which the dialling succeeded.
  if (signal?.aborted) giveUp();
  else if (stranger !== undefined) fail(link, new HandshakeFailed(stranger));
  else link.send(handshakeFrame(hello));
  try {
    return await welcomed.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** What the other side did instead of answering, as far as it shows. */
function brokenBy(reason: CloseReason): string {
  if (reason.kind === 'failed' && reason.error.code === 'untrusted') return reason.error.message;
  const isOther =
    reason.kind === 'frame-too-large' ||
    (reason.kind === 'failed' && reason.error.code === 'malformed');
  return isOther
    ? 'does not speak Group Services: something else listens there'
    : 'closed without an answer: something else listens there, or it is about to end';
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  };
}
