import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Provider } from '@group-services/client';

/** What one kind of work took: how many, for how long, and each of them in milliseconds. */
export interface Measured {
  readonly count: number;
  readonly ms: number;
  /** Ascending. */
  readonly each: readonly number[];
}

export interface Bounds {
  readonly forMs: number;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly progress: (share: number) => void;
}

/** So many bytes travel in each message. */
export const MESSAGE_BYTES = 100;
/** Sent before the first of them has come back, where it is counted how many there can be. */
export const WINDOW = 256;

/** One after the other: each begins when the one before has ended. */
export async function oneByOne(run: () => Promise<unknown>, bounds: Bounds): Promise<Measured> {
  return await windowed(run, 1, bounds);
}

/** So many at once, all the time. */
export async function windowed(
  run: () => Promise<unknown>,
  window: number,
  { forMs, signal, progress }: Bounds,
): Promise<Measured> {
  const began = performance.now();
  const each: number[] = [];
  const goesOn = (): boolean => !signal.aborted && performance.now() - began < forMs;
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      const from = performance.now();
      await run();
      each.push(performance.now() - from);
      progress(Math.min(1, (performance.now() - began) / forMs));
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  const ms = performance.now() - began;
  return { count: each.length, ms, each: each.sort((a, b) => a - b) };
}

/** A message that all have, and its result. */
export function sends(provider: Provider, delivery: 'agreed' | 'safe'): () => Promise<unknown> {
  const message = new Uint8Array(MESSAGE_BYTES);
  return () => provider.send(message, { delivery });
}

/** The same bytes to another socket of this machine and back: what no ordering at all would take. */
export class Loopback implements AsyncDisposable {
  readonly #near: Socket;
  readonly #end: () => void;
  #received = 0;
  #waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  #sent = 0;

  private constructor(near: Socket, end: () => void) {
    this.#near = near;
    this.#end = end;
    near.on('data', (bytes) => this.#onData(bytes.length));
  }

  static async open(): Promise<Loopback> {
    const server = createServer((far) => {
      far.setNoDelay(true);
      far.on('error', () => far.destroy());
      far.pipe(far);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    near.setNoDelay(true);
    await once(near, 'connect');
    return new Loopback(near, () => {
      near.destroy();
      server.close();
    });
  }

  /** Resolves when it is back. */
  async echo(): Promise<void> {
    this.#sent += MESSAGE_BYTES;
    const at = this.#sent;
    const back = new Promise<void>((resolve) => {
      this.#waiting.push({ at, resolve });
    });
    this.#near.write(Buffer.alloc(MESSAGE_BYTES));
    await back;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  #onData(bytes: number): void {
    this.#received += bytes;
    const back = this.#waiting.filter(({ at }) => at <= this.#received);
    this.#waiting = this.#waiting.slice(back.length);
    for (const { resolve } of back) resolve();
  }
}
