import type { Instant } from '@group-services/core';
import type { VirtualTime } from '@group-services/testkit';
import type { Reachability } from '../reachability.js';
import type { Delays } from './delays.js';
import type { Spectator } from './flight.js';

/**
 * A connection as the kernel gives it: frames arrive whole and in order or not at all. While a cut
 * lies between the ends frames wait; when it lasts the sender gives up, and what was under way is
 * lost. An end that never sends does not notice that the other is gone.
 *
 * Pieces of frames are not modelled: a reset in the middle of one is the same as a reset before it,
 * once the framing has dropped the beginning. That it does so, for every byte and with short reads and
 * writes, is what the transports' compliance suite shows.
 */
export class Stream {
  readonly #options: StreamOptions;
  readonly #ends: readonly [StreamEnd, StreamEnd];
  readonly #pollMs: number;
  readonly #open: [boolean, boolean] = [true, true];
  readonly #lastArrival: [number, number] = [0, 0];
  /** Frames under way to each end. */
  readonly #queues: [Sent[], Sent[]] = [[], []];
  /** Whose process reads; for one that does not frames pile up in the kernels. */
  readonly #reads: [boolean, boolean] = [true, true];
  /** Ends whose kernel has forgotten the connection and says nothing. */
  readonly #vanished: [boolean, boolean] = [false, false];
  #stalledUntil: Instant = 0;
  /** Nothing arrives at this end before. */
  readonly #heldUntil: [Instant, Instant] = [0, 0];

  constructor(options: StreamOptions, ends: readonly [StreamEnd, StreamEnd]) {
    this.#options = options;
    this.#ends = ends;
    this.#pollMs = Math.max(POLL_MS, options.giveUpMs / 100);
  }

  isOpen(side: Side): boolean {
    return this.#open[side];
  }

  /** Bytes under way to this end, or not read by it. */
  waitingBytes(side: Side): number {
    return this.#queues[side].reduce((sum, { frame }) => sum + frame.length, 0);
  }

  send(side: Side, frame: Uint8Array): void {
    if (!this.#open[side]) return;
    const to: Side = side === 0 ? 1 : 0;
    const { time, delays } = this.#options;
    const arrival = Math.max(this.#lastArrival[to], time.now + delays.ordinary());
    this.#lastArrival[to] = arrival;
    this.#queues[to].push({ frame, at: time.now });
    this.#show(to, frame, arrival);
    time.at(arrival, () => this.#arrive(to, time.now));
  }

  #show(to: Side, frame: Uint8Array, arrivesAt: Instant): void {
    const { spectator, reachability, time } = this.#options;
    if (spectator === undefined) return;
    const { place } = this.#ends[to];
    const from = this.#ends[to === 0 ? 1 : 0].place;
    const isCut = !reachability.reachesBothWays(from, place);
    spectator({ from, to: place, sentAt: time.now, arrivesAt, isCut, frame, message: undefined });
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

  /** Nothing moves in either direction for so long, and nobody is told. */
  stall(forMs: number): void {
    const until = this.#options.time.now + forMs;
    this.#stalledUntil = Math.max(this.#stalledUntil, until);
  }

  /** What is sent to this end waits for so long, and nobody is told. */
  hold(side: Side, forMs: number): void {
    const until = this.#options.time.now + forMs;
    this.#heldUntil[side] = Math.max(this.#heldUntil[side], until);
  }

  /** One end is closed and says nothing to the other, which stays open until it sends in vain. */
  vanish(side: Side): void {
    if (!this.#open[side]) return;
    this.#vanished[side] = true;
    this.#queues[side] = [];
    this.#fail(side);
  }

  /** A process that does not read: frames to it wait until it does. */
  setReading(side: Side, reading: 'on' | 'off'): void {
    if (this.#reads[side] === (reading === 'on')) return;
    this.#reads[side] = reading === 'on';
    if (reading === 'off') return;
    const { time } = this.#options;
    const waiting = this.#queues[side].length;
    for (let i = 0; i < waiting; i += 1) time.after(0, () => this.#arrive(side, time.now));
  }

  #arrive(to: Side, since: number): void {
    const from: Side = to === 0 ? 1 : 0;
    const { time, reachability, giveUpMs } = this.#options;
    if (this.#queues[to].length === 0 || !this.#reads[to]) return;
    const notBefore = Math.max(this.#stalledUntil, this.#heldUntil[to]);
    if (time.now < notBefore) {
      time.at(notBefore, () => this.#arrive(to, time.now));
      return;
    }
    const reaches = reachability.reachesBothWays(this.#ends[from].place, this.#ends[to].place);
    if (!reaches || this.#vanished[to]) {
      if (time.now - since < giveUpMs) {
        time.after(this.#pollMs, () => this.#arrive(to, since));
        this.#lastArrival[to] = Math.max(this.#lastArrival[to], time.now + this.#pollMs);
        return;
      }
      this.#queues[to] = [];
      this.#fail(from);
      return;
    }
    const sent = this.#queues[to].shift();
    if (sent === undefined) return;
    if (this.#open[to]) this.#ends[to].received(sent.frame, sent.at);
    else this.#fail(from);
  }

  #endArrives(to: Side): void {
    const { time, reachability } = this.#options;
    const from: Side = to === 0 ? 1 : 0;
    if (!this.#open[to]) return;
    const free = reachability.reachesBothWays(this.#ends[from].place, this.#ends[to].place);
    const empty = this.#queues[to].length === 0 || !this.#reads[to];
    if (free && empty && time.now >= this.#stalledUntil) this.#fail(to);
    else time.after(this.#pollMs, () => this.#endArrives(to));
  }

  #fail(side: Side): void {
    if (!this.#open[side]) return;
    this.#open[side] = false;
    this.#ends[side].closed();
  }
}

/** What one end of a stream hears. */
export interface StreamEnd {
  /** Where it stands, for partitions. */
  readonly place: string;
  received(frame: Uint8Array, sentAt: Instant): void;
  closed(): void;
}

export interface StreamOptions {
  readonly time: VirtualTime;
  readonly reachability: Reachability;
  readonly delays: Delays;
  /** How long an end waits for the other to confirm what it sent before it gives the stream up. */
  readonly giveUpMs: number;
  readonly spectator?: Spectator | undefined;
}

/** A frame under way. */
interface Sent {
  readonly frame: Uint8Array;
  readonly at: Instant;
}

type Side = 0 | 1;
const POLL_MS = 20;
