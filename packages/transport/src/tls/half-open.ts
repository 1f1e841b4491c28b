import type { Socket } from 'node:net';

/** Connections whose TLS handshake is not done: more than any domain needs at one moment. */
const HALF_OPEN_MAX = 1024;

/**
 * Connections that have not finished their handshake. There is room for so many; whoever came first has
 * had the most time, and goes when there are more. So nobody can keep others out by beginning much and
 * finishing nothing.
 */
export class HalfOpen {
  readonly #sockets = new Map<string, Socket>();

  add(socket: Socket): void {
    const end = endOf(socket);
    this.#sockets.set(end, socket);
    // Forgotten unless it has become a link, and the number is in use again.
    socket.once('close', () => {
      if (this.#sockets.get(end) === socket) this.#sockets.delete(end);
    });
    if (this.#sockets.size <= HALF_OPEN_MAX) return;
    const [oldest] = this.#sockets.values();
    oldest?.destroy();
  }

  /** The connection below a TLS socket whose handshake is done; it does not count any more. */
  finish(secure: Socket): Socket | undefined {
    const end = endOf(secure);
    const socket = this.#sockets.get(end);
    this.#sockets.delete(end);
    return socket;
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}
