import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What becomes of the nth datagram of a direction: the copies that go on, now or after others. */
export type Fate = (count: number, datagram: Buffer) => 'pass' | 'lose' | 'double' | 'late';

/** Stands between one dialler and a listener on the loopback interface and harms what passes. */
export class Relay {
  readonly #front: Socket;
  readonly #back: Socket;
  #counts = { there: 0, back: 0 };
  #closed = false;
  fate: Fate = () => 'pass';

  private constructor(front: Socket, back: Socket, port: number) {
    this.#front = front;
    this.#back = back;
    let dialler: { readonly address: string; readonly port: number } | undefined;
    front.on('message', (bytes, from) => {
      dialler = from;
      this.#counts.there += 1;
      this.#pass(bytes, this.#counts.there, (copy) => back.send(copy, port, '127.0.0.1'));
    });
    back.on('message', (bytes) => {
      this.#counts.back += 1;
      this.#pass(bytes, this.#counts.back, (copy) => {
        if (dialler !== undefined) front.send(copy, dialler.port, dialler.address);
      });
    });
  }

  static async to(address: string): Promise<Relay> {
    const front = await bound();
    const back = await bound();
    return new Relay(front, back, Number(/:(\d+)$/u.exec(address)?.[1]));
  }

  get address(): string {
    return `udp://127.0.0.1:${this.#front.address().port}`;
  }

  /** Sends to the listener from where the dialler seems to be. */
  inject(bytes: Uint8Array, address: string): void {
    this.#back.send(bytes, Number(/:(\d+)$/u.exec(address)?.[1]), '127.0.0.1');
  }

  close(): void {
    this.#closed = true;
    this.#front.close();
    this.#back.close();
  }

  #pass(bytes: Buffer, count: number, send: (copy: Buffer) => void): void {
    const fate = this.fate(count, bytes);
    if (fate === 'pass' || fate === 'double') send(bytes);
    if (fate === 'double') send(bytes);
    if (fate === 'late') {
      setImmediate(() => setImmediate(() => this.#closed || send(bytes)));
    }
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
