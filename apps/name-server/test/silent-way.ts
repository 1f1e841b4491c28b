import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A way to a TCP port that can fall silent, as a network does that loses everything: connections stand and new
 * ones are taken, and nothing comes through in either direction until it is mended. What was sent meanwhile is lost.
 */
export class SilentWay {
  readonly host: string;
  readonly #sockets: ReadonlySet<Socket>;
  #isCut = false;

  private constructor(port: number, sockets: ReadonlySet<Socket>) {
    this.host = `127.0.0.1:${port}`;
    this.#sockets = sockets;
  }

  static async to(port: number): Promise<SilentWay> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.on('data', (bytes) => void (way.#isCut || other.write(bytes)));
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const way = new SilentWay((server.address() as AddressInfo).port, sockets);
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return way;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** What stood is broken: bytes of it are missing. */
  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.destroy();
  }
}
