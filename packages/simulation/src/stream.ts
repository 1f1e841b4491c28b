import type { VirtualTime } from '@group-services/testkit';
import type { Delays } from './delays.js';
import type { Reachability } from './reachability.js';

/** What one end of a stream hears. */
export interface StreamEnd {
  /** Where it stands, for partitions. */
  readonly place: string;
  received(frame: Uint8Array): void;
  closed(): void;
}

export interface StreamOptions {
  readonly time: VirtualTime;
  readonly reachability: Reachability;
  readonly delays: Delays;
  /** How long an end waits for the other to confirm what it sent before it gives the stream up. */
  readonly giveUpMs: number;
}

type Side = 0 | 1;
const STALL_POLL_MS = 20;

/**
 * A connection as the kernel gives it: frames arrive whole and in order or not at all. While a cut
 * lies between the ends frames wait; when it lasts the sender gives up, and what was under way is
 * lost. An end that never sends does not notice that the other is gone.
 */
export class Stream {
  readonly #options: StreamOptions;
  readonly #ends: readonly [StreamEnd, StreamEnd];
  readonly #open: [boolean, boolean] = [true, true];
  readonly #lastArrival: [number, number] = [0, 0];
  /** Frames under way to each end. */
  readonly #queues: [Uint8Array[], Uint8Array[]] = [[], []];

  constructor(options: StreamOptions, ends: readonly [StreamEnd, StreamEnd]) {
    this.#options = options;
    this.#ends = ends;
  }

  isOpen(side: Side): boolean {
    return this.#open[side];
  }

  send(side: Side, frame: Uint8Array): void {
    if (!this.#open[side]) return;
    const to: Side = side === 0 ? 1 : 0;
    const { time, delays } = this.#options;
    const arrival = Math.max(this.#lastArrival[to], time.now + delays.ordinary());
    this.#lastArrival[to] = arrival;
    this.#queues[to].push(frame);
    time.at(arrival, () => this.#arrive(to, time.now));
  }

  /** Closes one end; the other learns it when nothing cuts the way. */
  close(side: Side): void {
    if (!this.#open[side]) return;
    this.#open[side] = false;
    this.#queues[side] = [];
    const to: Side = side === 0 ? 1 : 0;
    const { time, delays } = this.#options;
    const arrival = Math.max(this.#lastArrival[to], time.now + delays.ordinary());
    time.at(arrival, () => this.#endArrives(to));
  }

  /** Breaks the connection at both ends at once; what is under way is lost. */
  reset(): void {
    this.#queues[0] = [];
    this.#queues[1] = [];
    this.#fail(0);
    this.#fail(1);
  }

  #arrive(to: Side, since: number): void {
    const from: Side = to === 0 ? 1 : 0;
    const { time, reachability, giveUpMs } = this.#options;
    if (this.#queues[to].length === 0) return;
    if (!reachability.reachesBothWays(this.#ends[from].place, this.#ends[to].place)) {
      if (time.now - since < giveUpMs) {
        time.after(STALL_POLL_MS, () => this.#arrive(to, since));
        this.#lastArrival[to] = Math.max(this.#lastArrival[to], time.now + STALL_POLL_MS);
        return;
      }
      this.#queues[to] = [];
      this.#fail(from);
      return;
    }
    const frame = this.#queues[to].shift();
    if (frame === undefined) return;
    if (this.#open[to]) this.#ends[to].received(frame);
    else this.#fail(from);
  }

  #endArrives(to: Side): void {
    const { time, reachability } = this.#options;
    const from: Side = to === 0 ? 1 : 0;
    if (!this.#open[to]) return;
    const free = reachability.reachesBothWays(this.#ends[from].place, this.#ends[to].place);
    if (free && this.#queues[to].length === 0) this.#fail(to);
    else time.after(STALL_POLL_MS, () => this.#endArrives(to));
  }

  #fail(side: Side): void {
    if (!this.#open[side]) return;
    this.#open[side] = false;
    this.#ends[side].closed();
  }
}
