import { createSocket, type Socket } from 'node:dgram';
import { SWITCH_ADDRESS, TUNNEL_PORT, WIRE_ADDRESS } from '../network.js';
import {
  completeChecksum,
  destinationOf,
  forTunnel,
  isMulticast,
  SHORTEST,
  tunnelOf,
} from './frames.js';
import { type Counters, fateOf, PERFECT, type Rules } from './rules.js';

const BUFFER_BYTES = 4 * 1024 * 1024;
/** Frames that wait for their time; beyond, they are lost, as in a switch with full queues. */
const WAITING_MAX = 100_000;

/** The switch between the hosts 1 to `hosts`: takes each frame, applies the rules, passes it on. */
export class Fabric {
  readonly #hosts: number;
  readonly #socket: Socket;
  readonly #counters = { forwarded: 0, cut: 0, lost: 0, duplicated: 0, reordered: 0, multicast: 0 };
  #quality = PERFECT;
  #cuts: ReadonlySet<string> = new Set();
  #waiting = 0;

  constructor(hosts: number) {
    this.#hosts = hosts;
    this.#socket = createSocket({
      type: 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
    });
    this.#socket.on('message', (packet) => this.#take(packet));
  }

  get counters(): Counters {
    return { ...this.#counters };
  }

  /** Resolves when frames can pass. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind(TUNNEL_PORT, SWITCH_ADDRESS, resolve);
    });
  }

  /** Holds for every frame that comes in from now on. */
  apply({ cuts, quality }: Rules): void {
    this.#quality = quality;
    this.#cuts = new Set(cuts.map(({ from, to }) => path(from, to)));
  }

  #take(packet: Buffer): void {
    if (packet.length < SHORTEST) return;
    const from = tunnelOf(packet);
    completeChecksum(packet);
    if (isMulticast(packet)) this.#counters.multicast += 1;
    const destination = destinationOf(packet);
    if (destination !== undefined) this.#pass(packet, from, destination);
    else for (let to = 1; to <= this.#hosts; to += 1) this.#pass(packet, from, to);
  }

  #pass(packet: Buffer, from: number, to: number): void {
    if (to === from || to > this.#hosts) return;
    if (this.#cuts.has(path(from, to))) {
      this.#counters.cut += 1;
      return;
    }
    const { sendAfterMs, isReordered } = fateOf(this.#quality, Math.random);
    if (sendAfterMs.length === 0) this.#counters.lost += 1;
    if (sendAfterMs.length > 1) this.#counters.duplicated += 1;
    if (isReordered) this.#counters.reordered += 1;
    for (const after of sendAfterMs) this.#send(forTunnel(packet, to), after);
  }

  #send(packet: Buffer, afterMs: number): void {
    if (afterMs === 0) this.#emit(packet);
    else if (this.#waiting >= WAITING_MAX) this.#counters.lost += 1;
    else {
      this.#waiting += 1;
      setTimeout(() => {
        this.#waiting -= 1;
        this.#emit(packet);
      }, afterMs);
    }
  }

  #emit(packet: Buffer): void {
    this.#socket.send(packet, TUNNEL_PORT, WIRE_ADDRESS, (error) => {
      if (error === null) this.#counters.forwarded += 1;
      else this.#counters.lost += 1;
    });
  }
}

function path(from: number, to: number): string {
  return `${from}>${to}`;
}
