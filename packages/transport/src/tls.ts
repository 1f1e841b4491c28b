import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createServer, type Server, type TLSSocket } from 'node:tls';

import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type LinkOptions,
  type Listener,
  type ListenOptions,
  type Transport,
} from './contract.js';
import { type TransportError, toTransportError } from './errors.js';
import { hostAddress, tlsAddresses } from './host-address.js';
import { SocketLink } from './socket-link.js';
import { aborted, startListening, timedOut } from './sockets.js';
import { type Prepared, prepare, type TlsCredentials } from './tls/credentials.js';
import { nothingShown, tlsError, untrusted } from './tls/errors.js';
import { HalfOpen } from './tls/half-open.js';
import { peerCertificate } from './tls/peer-certificate.js';

export { prepare, type TlsCredentials } from './tls/credentials.js';
export {
  type AlternativeName,
  alternativeNames,
  oneLine,
  peerCertificate,
} from './tls/peer-certificate.js';

/** A handshake that takes longer is given up. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
const PROBE_AFTER_DEFAULT_MS = 15_000;

export interface TlsTransportOptions {
  readonly credentials: TlsCredentials;
  /**
   * What makes a certificate the right one for whom we dial, besides its authority. `host`: it names the
   * host of the address, as on the web. `authority`: nothing; the caller looks at {@link Link.peer}, which
   * says more than an address does.
   */
  readonly dialled?: 'host' | 'authority' | undefined;
  /** The name that a certificate must have with `host`, when it is not that of the address. */
  readonly serverName?: string | undefined;
}

/** Links over TLS; other credentials can be put in force at any time. */
export interface TlsTransport extends Transport {
  /**
   * From now on new links are made with these. Links that stand live on.
   *
   * @throws Error when they cannot be used; those before stay in force
   */
  renew(credentials: TlsCredentials): void;
}

/**
 * Links over TLS 1.3 or 1.2, at `tls://host:port`; port 0 takes any free one.
 *
 * @throws Error when the credentials cannot be used
 */
export function tls(options: TlsTransportOptions): TlsTransport {
  return new Tls(options);
}

class Tls implements TlsTransport {
  readonly scheme = tlsAddresses.scheme;
  readonly addressForm = tlsAddresses.addressForm;
  readonly addressProblem = tlsAddresses.addressProblem;
  readonly delivery = 'stream';
  readonly privacy = 'encrypted';
  readonly #options: TlsTransportOptions;
  readonly #servers = new Set<Server>();
  #prepared: Prepared;

  constructor(options: TlsTransportOptions) {
    this.#options = options;
    this.#prepared = prepare(options.credentials);
  }

  renew(credentials: TlsCredentials): void {
    this.#prepared = prepare(credentials);
    for (const server of this.#servers) server.setSecureContext(this.#prepared.options);
  }

  async listen(
    address: string,
    onLink: (link: Link) => LinkHandlers,
    options: ListenOptions = {},
  ): Promise<Listener> {
    const { host, port } = tlsAddresses.partsOf(address);
    const halfOpen = new HalfOpen();
    const server = createServer({
      ...this.#prepared.options,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      requestCert: true,
      // Judged below, so that whoever is refused can be told why.
      rejectUnauthorized: false,
    });
    server.on('connection', (socket) => halfOpen.add(socket));
    server.on('tlsClientError', (error, socket) => {
      const remote = end(socket.remoteAddress, socket.remotePort);
      options.onRefused?.(remote, tlsError('accept', remote, error));
      socket.destroy();
    });
    server.on('secureConnection', (secure) => {
      const socket = halfOpen.finish(secure);
      if (socket === undefined) secure.destroy();
      else accept({ secure, socket, onLink, options });
    });
    await startListening(server, address, { host, port });
    this.#servers.add(server);
    const bound = boundAt(server, address);
    server.on('error', (error) => options.onError?.(toTransportError('listen', bound, error)));
    return {
      address: bound,
      close: async () => {
        this.#servers.delete(server);
        server.close();
        halfOpen.closeAll();
      },
    };
  }

  dial(address: string, handlers: LinkHandlers, options: DialOptions = {}): Promise<Link> {
    const { signal, timeoutMs = DIAL_TIMEOUT_DEFAULT_MS } = options;
    return new Promise<Link>((resolve, reject) => {
      const { host, port } = tlsAddresses.partsOf(address);
      if (signal?.aborted) {
        reject(aborted(address, signal));
        return;
      }
      const socket = connectTcp({ host, port });
      const secure = this.#secure(socket, host);
      const giveUp = (error: TransportError): void => {
        stopWaiting();
        secure.destroy();
        socket.destroy();
        reject(error);
      };
      const onError = (error: Error): void => giveUp(tlsError('dial', address, error));
      const onAbort = (): void => giveUp(aborted(address, signal));
      const timer = setTimeout(() => giveUp(timedOut(address, timeoutMs)), timeoutMs);
      const stopWaiting = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        secure.off('error', onError);
        socket.off('error', onError);
        // A socket that was given up may still report an error; there is nobody to tell.
        secure.on('error', () => {});
        socket.on('error', () => {});
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      secure.on('error', onError);
      socket.on('error', onError);
      secure.once('secureConnect', () => {
        stopWaiting();
        const link = linkOver(secure, socket, options);
        link.begin(handlers);
        resolve(link);
      });
    });
  }

  #secure(socket: Socket, host: string): TLSSocket {
    const { dialled = 'host', serverName } = this.#options;
    const name = serverName ?? host;
    return connectTls({
      socket,
      host: name,
      secureContext: this.#prepared.context,
      minVersion: 'TLSv1.2',
      // A name is told to the other side only where there is one; an IP address must not be.
      ...(isIP(name) === 0 && { servername: name }),
      ...(dialled === 'authority' && { checkServerIdentity: () => undefined }),
    });
  }
}

interface Accepted {
  readonly secure: TLSSocket;
  /** Below it. */
  readonly socket: Socket;
  readonly onLink: (link: Link) => LinkHandlers;
  readonly options: ListenOptions;
}

function accept({ secure, socket, onLink, options }: Accepted): void {
  const link = linkOver(secure, socket, options);
  const problem = problemOf(secure, link.remote, options);
  if (problem === undefined) {
    link.begin(onLink(link));
    return;
  }
  link.begin({ onFrame: () => {}, onClose: () => {} });
  const last = options.onRefused?.(link.remote, problem);
  // What it says meanwhile is read and not looked at, so that our last word arrives.
  if (last !== undefined) link.send(last);
  link.close();
}

function problemOf(
  secure: TLSSocket,
  remote: string,
  { peerCertificate = 'required' }: ListenOptions,
): TransportError | undefined {
  if (secure.getPeerX509Certificate() === undefined) {
    return peerCertificate === 'required' ? nothingShown(remote) : undefined;
  }
  if (secure.authorized) return undefined;
  // Node gives the name of the reason, though its types say that it is an error.
  return untrusted(remote, String(secure.authorizationError));
}

function linkOver(secure: TLSSocket, socket: Socket, options: LinkOptions): SocketLink {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, options.probeAfterMs ?? PROBE_AFTER_DEFAULT_MS);
  const certificate = secure.getPeerX509Certificate();
  return new SocketLink(secure, {
    ...options,
    local: end(secure.localAddress, secure.localPort),
    remote: end(secure.remoteAddress, secure.remotePort),
    peer: certificate === undefined ? undefined : peerCertificate(certificate),
    // The TLS socket closes with the one below it.
    abort: () => void socket.resetAndDestroy(),
  });
}

function boundAt(server: Server, asked: string): string {
  const info = server.address();
  return typeof info === 'object' && info !== null
    ? hostAddress('tls', { host: info.address, port: info.port })
    : asked;
}

/** The ends are unknown when the peer was gone before its connection was looked at. */
function end(host: string | undefined, port: number | undefined): string {
  return host === undefined || port === undefined
    ? 'tls://(gone)'
    : hostAddress('tls', { host, port });
}
