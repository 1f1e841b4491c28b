import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a TCP address that can be cut: what stands is reset, and nobody gets through until it is mended. */
export class CuttableWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(address: string): Promise<CuttableWay> {
    const { hostname, port } = new URL(address);
    const server = createServer();
    const way = new CuttableWay(server);
    server.on('connection', (socket) => way.#join(socket, connect(Number(port), hostname)));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo; // It listens on TCP.
    return `tcp://127.0.0.1:${port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => void this.#server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    if (this.#isCut) near.destroy();
  }
}
