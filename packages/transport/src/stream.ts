import type { Duplex } from 'node:stream';

import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type LinkOptions,
} from './contract.js';
import { TransportError, toTransportError } from './errors.js';
import { SocketLink } from './socket-link.js';
import { aborted, timedOut } from './sockets.js';

/**
 * For whoever writes a transport over something that carries bytes in order: frames, limits, pauses and
 * endings are done here, as for TCP and TLS, and what is left is to open the stream.
 */

/** What a link has to know of the stream below it. */
export interface StreamEnds {
  /** Our end as text that begins with the scheme. */
  readonly local: string;
  /** The other end as text that begins with the scheme. */
  readonly remote: string;
  /** Breaks the connection at once, in the way that the peer notices best; then the stream closes. */
  readonly abort: () => void;
  /** What the other end's certificate says, if it has shown one. */
  readonly peer?: Link['peer'];
}

/**
 * Makes a link of a connected stream: half-open ones (`allowHalfOpen`) are closed in order. To be called in the
 * turn in which it connected, so that nothing is missed.
 *
 * `handlersOf` is called once, and may already send: `onLink` of a listener, or what was dialled with
 */
export function streamLink(
  stream: Duplex,
  ends: StreamEnds,
  request: {
    readonly options?: LinkOptions | undefined;
    readonly handlersOf: (link: Link) => LinkHandlers;
  },
): Link {
  const link = new SocketLink(stream, { ...request.options, ...ends });
  link.begin(request.handlersOf(link));
  return link;
}

/** A link that is being opened. */
export interface Opening {
  /** Resolves when it stands; the link is made in the turn in which its stream connects. */
  readonly link: Promise<Link>;
  /** Ends what has been begun. */
  readonly giveUp: () => void;
}

/**
 * Keeps to the limits of a call to `dial`: what goes wrong is a TransportError, and what is given up is ended.
 *
 * @throws TransportError `aborted`, `timeout`, and what {@link toTransportError} makes of other errors
 */
export async function dialWithin(
  address: string,
  { signal, timeoutMs = DIAL_TIMEOUT_DEFAULT_MS }: DialOptions,
  open: () => Opening,
): Promise<Link> {
  if (signal?.aborted === true) throw aborted(address, signal);
  const { link, giveUp } = open();
  let stopWaiting = (): void => {};
  const limit = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut(address, timeoutMs)), timeoutMs);
    const onAbort = (): void => reject(aborted(address, signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([link, limit]);
  } catch (error) {
    giveUp();
    throw error instanceof TransportError ? error : toTransportError('dial', address, error);
  } finally {
    stopWaiting();
  }
}
