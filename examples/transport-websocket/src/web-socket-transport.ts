import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  addressFormat,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type LinkOptions,
  type Listener,
  type ListenOptions,
  type Transport,
  toTransportError,
} from '@group-services/transport';
import { dialWithin, streamLink } from '@group-services/transport/stream';
import { WebSocket, WebSocketServer } from 'ws';

import { MESSAGE_BYTES_MAX, WebSocketStream } from './web-socket-stream.js';

/**
 * Links over WebSockets, at `ws://host:port`; port 0 takes any free one. Encryption, if there is any, is that
 * of a proxy in front, of which nothing is known here: so no `privacy` is promised.
 */
export function webSocket(): Transport {
  return { ...addresses, delivery: 'stream', listen, dial };
}

interface HostPort {
  readonly host: string;
  readonly port: number;
}

const addresses = addressFormat('ws://host:port', (rest): HostPort | string => {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:/?#\s[\]]+)):(\d{1,5})$/u.exec(rest) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) return 'expected ws://host:port';
  return { host, port: Number(port) };
});

/** Compressing costs more than it saves here, and a small message could become a large one. */
const SOCKET_OPTIONS = { maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false } as const;
/** Whoever connects and says nothing is let go. */
const SERVER_OPTIONS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

async function listen(
  address: string,
  onLink: (link: Link) => LinkHandlers,
  options: ListenOptions = {},
): Promise<Listener> {
  const where = addresses.partsOf(address);
  const server = createServer(SERVER_OPTIONS, (_request, response) => {
    response.writeHead(426, { connection: 'close' }).end('this is no web server\n');
  });
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, ...SOCKET_OPTIONS });
  server.on('upgrade', (request, stream, head) => {
    // Pages in a browser may open a WebSocket to anywhere, and always say from where they are.
    if (request.headers.origin !== undefined) {
      stream.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      linkOf(socket, request.socket, { options, handlersOf: onLink });
    });
  });
  await listening(server, address, where);
  const bound = textOf(server.address() as AddressInfo);
  server.on('error', (error) => options.onError?.(toTransportError('listen', bound, error)));
  // Not waited for: the server is closed when the last of its connections is.
  return { address: bound, close: async () => void server.close() };
}

async function dial(
  address: string,
  handlers: LinkHandlers,
  options: DialOptions = {},
): Promise<Link> {
  addresses.partsOf(address);
  return await dialWithin(address, options, () => {
    const socket = new WebSocket(address, SOCKET_OPTIONS);
    let connection: Socket | undefined;
    socket.once('upgrade', (response) => {
      connection = response.socket;
    });
    const link = new Promise<Link>((resolve, reject) => {
      socket.on('error', reject);
      socket.once('open', () =>
        resolve(linkOf(socket, connection, { options, handlersOf: () => handlers })),
      );
    });
    return { link, giveUp: () => socket.terminate() };
  });
}

function linkOf(
  socket: WebSocket,
  connection: Socket | undefined,
  request: {
    readonly options: LinkOptions;
    readonly handlersOf: (link: Link) => LinkHandlers;
  },
): Link {
  const { localAddress, localPort, remoteAddress, remotePort } = connection ?? {};
  const ends = {
    local: textOf({ address: localAddress, port: localPort }),
    remote: textOf({ address: remoteAddress, port: remotePort }),
    abort: () => socket.terminate(),
  };
  return streamLink(new WebSocketStream(socket), ends, request);
}

/** The ends are unknown when the peer was gone before anybody looked. */
function textOf({
  address,
  port,
}: {
  readonly address: string | undefined;
  readonly port: number | undefined;
}): string {
  if (address === undefined || port === undefined) return 'ws://(gone)';
  return address.includes(':') ? `ws://[${address}]:${port}` : `ws://${address}:${port}`;
}

function listening(server: Server, address: string, where: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(toTransportError('listen', address, error));
    server.once('error', onError);
    server.listen(where, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
