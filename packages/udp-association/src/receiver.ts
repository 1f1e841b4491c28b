import { readUint32 } from './bytes.js';
import type { UdpCounters } from './counters.js';
import {
  castContentAt,
  DATAGRAM,
  eachFrame,
  FRAMES_BYTES,
  type Fragment,
  HEADER_BYTES,
  missingDatagram,
  numberDatagram,
  numberOf,
  OF_STREAM,
  RELIABLE,
  readFragment,
  tokenOf,
} from './datagram.js';
import { type Budget, Reassembly } from './reassembly.js';

/** Frames that wait while the link is paused: what comes beyond is dropped. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes that a frame costs beside its content. */
const FRAME_COST = 64;

export interface ReceiverOptions {
  readonly id: Uint8Array;
  readonly frameLimit: number;
  /** After so much the peer is told that it has arrived. */
  readonly echoEveryBytes: number;
  readonly budget: Budget;
  readonly counters: UdpCounters;
  /** Takes what is to leave. */
  readonly transmit: (datagram: Uint8Array) => void;
}

/**
 * What one association receives: frames in the order of their arrival, with fragments put together,
 * reliable frames confirmed and handed over once, and the peer told how far all this is.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #token: number;
  readonly #unicast: Reassembly;
  readonly #ofStream: Reassembly;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #frameLimit: number;
  #paused = false;
  /** The owner holds a frame that it is not done with. */
  #handing = false;
  /** Positions, modulo 2^32: the highest that came, and the one that was told last. */
  #seen = 0;
  #echoed = 0;
  #echoOwed = false;
  /** Bytes of datagrams with content that came in. */
  receivedBytes = 0;
  /** The size of a frame that is above the limit; nothing is taken any more. */
  tooLarge: number | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#token = tokenOf(options.id);
    this.#frameLimit = options.frameLimit;
    this.#unicast = new Reassembly(options.budget);
    this.#ofStream = new Reassembly(options.budget);
  }

  get frameLimit(): number {
    return this.#frameLimit;
  }

  /** Whether something happens with time. */
  get isBusy(): boolean {
    return !(this.#unicast.isEmpty && this.#ofStream.isEmpty);
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  setFrameLimit(bytes: number): void {
    this.#frameLimit = bytes;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  onFrames(datagram: Uint8Array): void {
    this.receivedBytes += datagram.length;
    if (datagram.length <= FRAMES_BYTES) {
      this.#options.counters.malformed += 1;
      return;
    }
    this.#take(datagram, FRAMES_BYTES);
    this.#see(readUint32(datagram, HEADER_BYTES));
  }

  onFragment(datagram: Uint8Array, now: number): void {
    this.receivedBytes += datagram.length;
    const fragment = readFragment(datagram, FRAMES_BYTES);
    if (fragment === undefined || (fragment.flags & OF_STREAM) !== 0) {
      this.#options.counters.malformed += 1;
      return;
    }
    this.#takeFragment(fragment, this.#unicast, now);
    this.#see(readUint32(datagram, HEADER_BYTES));
  }

  /** A datagram of the peer's multicast stream, which may be for others. */
  onCast(type: number, datagram: Uint8Array, now: number): void {
    const at = castContentAt(datagram, this.#token);
    if (at === undefined) return;
    this.receivedBytes += datagram.length;
    if (type === DATAGRAM.castFrames) {
      this.#take(datagram, at);
      return;
    }
    const fragment = readFragment(datagram, at);
    if (fragment === undefined || fragment.flags !== OF_STREAM) {
      this.#options.counters.malformed += 1;
      return;
    }
    this.#takeFragment(fragment, this.#ofStream, now);
  }

  onPing(datagram: Uint8Array): void {
    const position = numberOf(datagram);
    if (position === undefined) return;
    // The sender itself says how far it is: whatever else was believed is corrected.
    this.#seen = position;
    this.#echoOwed = true;
  }

  /** Asks for missing fragments. */
  tick(now: number): void {
    const { id, transmit, counters } = this.#options;
    for (const reassembly of [this.#unicast, this.#ofStream]) {
      for (const ask of reassembly.asks(now)) {
        transmit(missingDatagram(id, { ...ask, flags: ask.flags & OF_STREAM }));
      }
      counters.incomplete += reassembly.incomplete;
      reassembly.incomplete = 0;
    }
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#unicast.clear();
    this.#ofStream.clear();
  }

  /** The next frame for the owner, unless it holds one, is paused, or nothing may be taken any more. */
  next(): Uint8Array | undefined {
    if (this.#handing || this.#paused || this.tooLarge !== undefined) return undefined;
    const frame = this.#waiting.shift();
    if (frame === undefined) return undefined;
    this.#waitingBytes -= frame.length + FRAME_COST;
    if (frame.length > this.#frameLimit) {
      this.tooLarge = frame.length;
      this.clear();
      return undefined;
    }
    this.#handing = true;
    return frame;
  }

  handled(): void {
    this.#handing = false;
  }

  #see(position: number): void {
    if ((position - this.#seen) >>> 0 < 0x8000_0000) this.#seen = position;
  }

  /** What is handed over is not under way any more; while frames wait, nothing new is asked for. */
  echo(): void {
    if (this.#handing) return;
    const { id, transmit, echoEveryBytes } = this.#options;
    if (this.#waiting.length > 0 && !this.#echoOwed) return;
    const position = this.#waiting.length > 0 ? this.#echoed : this.#seen;
    if (!this.#echoOwed && (position - this.#echoed) >>> 0 < echoEveryBytes) return;
    this.#echoOwed = false;
    this.#echoed = position;
    transmit(numberDatagram(DATAGRAM.echo, id, position));
  }

  #take(datagram: Uint8Array, at: number): void {
    const whole = eachFrame(datagram, at, (frame) => void this.#wait(frame, 1));
    if (!whole) this.#options.counters.malformed += 1;
  }

  #takeFragment(fragment: Fragment, reassembly: Reassembly, now: number): void {
    const { id, transmit } = this.#options;
    const { number, total } = fragment;
    if (total > this.#frameLimit && reassembly.isEmpty && this.isEmpty) {
      this.tooLarge ??= total;
      return;
    }
    const reliable = (fragment.flags & RELIABLE) !== 0;
    if (reliable && reassembly.isPast(number)) {
      transmit(numberDatagram(DATAGRAM.confirm, id, number));
    }
    const frame = reassembly.add(fragment, now);
    if (frame === undefined) return;
    if (!this.#wait(frame, reliable ? 2 : 1)) {
      // Not confirmed, so it is repeated: it is to be put together again then.
      if (reliable) reassembly.forget(number);
      return;
    }
    if (reliable) transmit(numberDatagram(DATAGRAM.confirm, id, number));
  }

  /** Reliable frames may use twice the room: to repeat them costs more. */
  #wait(frame: Uint8Array, room: 1 | 2): boolean {
    if (this.tooLarge !== undefined) return false;
    if (this.#waitingBytes + frame.length + FRAME_COST > room * WAITING_BYTES_MAX) {
      this.#options.counters.overflowed += 1;
      return false;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length + FRAME_COST;
    return true;
  }
}
