import type { AddressInfo, Socket } from 'node:net';

import type {
  DialOptions,
  Link,
  LinkHandlers,
  LinkOptions,
  Listener,
  ListenOptions,
  Transport,
} from './contract.js';
import { toTransportError } from './errors.js';
import { hostAddress, tcpAddresses } from './host-address.js';
import { dialSocket, type LinkEnds, linkServer, startListening } from './sockets.js';

/** First probe of the operating system on a quiet connection; a last resort below heartbeats. */
const PROBE_AFTER_DEFAULT_MS = 15_000;

/** Links over TCP, at `tcp://host:port`; port 0 takes any free one. */
export function tcp(): Transport {
  return { ...tcpAddresses, delivery: 'stream', listen, dial };
}

async function listen(
  address: string,
  onLink: (link: Link) => LinkHandlers,
  options: ListenOptions = {},
): Promise<Listener> {
  const { host, port } = tcpAddresses.partsOf(address);
  const server = linkServer(onLink, options, (socket) => prepare(socket, options));
  await startListening(server, address, { host, port });
  const info = server.address();
  const bound = isAddressInfo(info)
    ? hostAddress('tcp', { host: info.address, port: info.port })
    : address;
  server.on('error', (error) => options.onError?.(toTransportError('listen', bound, error)));
  return {
    address: bound,
    // Not awaited: Node reports the close only when the last connection has gone, too.
    close: async () => void server.close(),
  };
}

async function dial(
  address: string,
  handlers: LinkHandlers,
  options: DialOptions = {},
): Promise<Link> {
  const { host, port } = tcpAddresses.partsOf(address);
  const ends = (socket: Socket): LinkEnds => prepare(socket, options);
  return await dialSocket({ host, port }, address, { handlers, options, ends });
}

function prepare(socket: Socket, { probeAfterMs = PROBE_AFTER_DEFAULT_MS }: LinkOptions): LinkEnds {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, probeAfterMs);
  return {
    local: end(socket.localAddress, socket.localPort),
    remote: end(socket.remoteAddress, socket.remotePort),
    abort: () => void socket.resetAndDestroy(),
  };
}

/** The ends are unknown when the peer was gone before its connection was looked at. */
function end(host: string | undefined, port: number | undefined): string {
  return host === undefined || port === undefined
    ? 'tcp://(gone)'
    : hostAddress('tcp', { host, port });
}

function isAddressInfo(info: AddressInfo | string | null): info is AddressInfo {
  return typeof info === 'object' && info !== null;
}
