import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type ListenOptions,
} from './contract.js';
import { TransportError, toTransportError } from './errors.js';
import { SocketLink, type SocketLinkOptions } from './socket-link.js';

/** What TCP and Unix sockets do differently once connected. */
export type LinkEnds = Pick<SocketLinkOptions, 'local' | 'remote' | 'abort'>;

/** Connects a stream socket and makes a link of it; the promise settles once. */
export function dialSocket(
  target: NetConnectOpts,
  address: string,
  request: {
    readonly handlers: LinkHandlers;
    readonly options: DialOptions;
    readonly ends: (socket: Socket) => LinkEnds;
  },
): Promise<Link> {
  const { handlers, options, ends } = request;
  const { signal, timeoutMs = DIAL_TIMEOUT_DEFAULT_MS } = options;
  return new Promise<Link>((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(address, signal));
      return;
    }
    const socket = connect(target);
    const giveUp = (error: TransportError): void => {
      stopWaiting();
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => giveUp(toTransportError('dial', address, error));
    const onAbort = (): void => giveUp(aborted(address, signal));
    const timer = setTimeout(() => giveUp(timedOut(address, timeoutMs)), timeoutMs);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      // A socket that was given up may still report an error; there is nobody to tell.
      socket.on('error', () => {});
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.once('connect', () => {
      stopWaiting();
      const link = new SocketLink(socket, { ...options, ...ends(socket) });
      link.begin(handlers);
      resolve(link);
    });
  });
}

/** A server whose connections become links. It does not listen yet. */
export function linkServer(
  onLink: (link: Link) => LinkHandlers,
  options: ListenOptions,
  ends: (socket: Socket) => LinkEnds,
): Server {
  return createServer((socket) => {
    const link = new SocketLink(socket, { ...options, ...ends(socket) });
    link.begin(onLink(link));
  });
}

/** Resolves when the server listens. */
export function startListening(
  server: Server,
  address: string,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(toTransportError('listen', address, error));
    server.once('error', onError);
    server.listen(where, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

export function aborted(address: string, signal: AbortSignal | undefined): TransportError {
  return new TransportError('aborted', address, {
    message: `gave up connecting to ${address}: the caller's signal fired`,
    cause: signal?.reason,
  });
}

export function timedOut(address: string, timeoutMs: number): TransportError {
  return new TransportError('timeout', address, {
    message: `cannot connect to ${address}: no answer within ${timeoutMs} ms`,
  });
}
