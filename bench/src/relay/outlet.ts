import type { Socket } from 'node:net';

/**
 * What leaves this process towards some peers: everything handed over within one turn of the event
 * loop goes to each of them with one write. It is not bounded here: the senders' windows are.
 */
export class Outlet {
  readonly #sockets = new Set<Socket>();
  readonly #slices: Buffer[] = [];
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** The part of the slab that was filled and not yet handed to the sockets. */
  #start = 0;
  #end = 0;
  #scheduled: NodeJS.Immediate | undefined;

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Sends whole frames as they are. The bytes must not change any more. */
  forward(run: Buffer): void {
    this.#sealSlab();
    this.#slices.push(run);
    this.#flushLater();
  }

  /** Room for one frame, to be filled before anything else happens: see `slab`. */
  reserve(bytes: number): number {
    if (this.#end + bytes > this.#slab.length) {
      this.#sealSlab();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
      this.#start = 0;
      this.#end = 0;
    }
    const at = this.#end;
    this.#end += bytes;
    this.#flushLater();
    return at;
  }

  /** Where `reserve` has reserved. Filled once, from start to end, because sockets hold on to it. */
  get slab(): Buffer {
    return this.#slab;
  }

  #sealSlab(): void {
    if (this.#end > this.#start) this.#slices.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  /** Immediates run right after the sockets were read: one write for all that came in by then. */
  #flushLater(): void {
    this.#scheduled ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = undefined;
    this.#sealSlab();
    for (const socket of this.#sockets) {
      socket.cork();
      for (const slice of this.#slices) socket.write(slice);
      socket.uncork();
    }
    this.#slices.length = 0;
  }
}

const SLAB_BYTES = 64 * 1024;
