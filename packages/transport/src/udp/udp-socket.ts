import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { WINDOW_MAX } from '@group-services/udp-association';

import { systemCodeOf } from '../errors.js';

/** Asked of the operating system for both directions; it gives what it allows. */
const BUFFER_BYTES = 4 * 1024 * 1024;
/** The part of the receive buffer that one peer may fill, since all of them share it. */
const WINDOW_SHARE = 8;
const WINDOW_MIN = 16 * 1024;

/** An address of the operating system: no name any more. */
export interface End {
  readonly host: string;
  readonly port: number;
}

/** The numeric address of a host. */
export async function numeric(host: string): Promise<string> {
  return isIP(host) === 0 ? (await lookup(host)).address : host;
}

/** A socket with large buffers, bound or connected; `shared` lets others of this host bind it too. */
export async function openUdpSocket(
  how: { readonly bind: End; readonly shared?: boolean } | { readonly connect: End },
): Promise<Socket> {
  const { host, port } = 'bind' in how ? how.bind : how.connect;
  const socket = createSocket({
    type: isIP(host) === 6 ? 'udp6' : 'udp4',
    reuseAddr: 'bind' in how && how.shared === true,
    // Hosts are numeric here; Node would otherwise ask its resolver for each datagram.
    lookup: (name, _options, found) => found(null, name, isIP(name)),
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', failed);
    const ready = (): void => {
      socket.off('error', failed);
      resolve();
    };
    if ('bind' in how) {
      socket.once('listening', ready);
      socket.bind({ address: host, port, exclusive: true });
    } else {
      socket.once('connect', ready);
      socket.connect(port, host);
    }
  });
  enlarge(socket);
  return socket;
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // What the system gave at first has to do.
  }
}

/** How many bytes one peer may have under way to this socket. */
export function windowOf(socket: Socket): number {
  const share = Math.floor(socket.getRecvBufferSize() / WINDOW_SHARE);
  return Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, share));
}

/** Whether the operating system says that nobody listens at the other end. */
export function isRefusal(error: unknown): boolean {
  return systemCodeOf(error) === 'ECONNREFUSED';
}
