import type { TellLag } from '../values/frames.js';

/** Events, or bytes of them, by which an iterator may lag before its group waits for it. */
const LAG_EVENTS_MARK = 4_096;
const LAG_BYTES_MARK = 4 * 1024 * 1024;
/** A consumer that has taken nothing for so long holds nobody up. */
const STOPPED_AFTER_MS = 1_000;
/** Above the mark for so long without once falling below half of it: too slow to take part. */
const SLOW_AFTER_MS = 10_000;
/** How often a consumer that takes nothing is looked for. */
const LOOK_EVERY_MS = 250;

/** What waits for the iterator that lags most. */
export interface Lag {
  readonly events: number;
  readonly bytes: number;
}

/**
 * How far the program lags behind the events of one handle (B4).
 *
 * Above the mark the daemon is told, and the group takes the program's pace until half of it is taken.
 * Who takes nothing at all is waited for no longer than a second; who stays above the mark for ten is
 * ended. What is queued is bounded besides, by the fan.
 */
export class LagWatch {
  readonly #tell: TellLag;
  /** Since when it lags; undefined: it does not. */
  #since: number | undefined;
  /** When the program took an event last. */
  #takenAt = 0;
  #told = false;
  #bytes = 0;
  /** Runs while the daemon counts on the program to go on. */
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tell: TellLag) {
    this.#tell = tell;
  }

  get isOpen(): boolean {
    return this.#since !== undefined;
  }

  /** Too slow for too long: the handle ends. */
  get isTooSlow(): boolean {
    return this.#since !== undefined && performance.now() - this.#since >= SLOW_AFTER_MS;
  }

  /** Something was queued. */
  queued({ events, bytes }: Lag): void {
    this.#bytes = bytes;
    if (this.#since !== undefined || !isAbove(events, bytes)) return;
    this.#since = performance.now();
    this.#takenAt = this.#since;
    this.#say(true);
  }

  /** The program has taken an event. */
  taken({ events, bytes }: Lag): void {
    if (this.#since === undefined) return;
    this.#bytes = bytes;
    this.#takenAt = performance.now();
    if (isAbove(events * 2, bytes * 2)) this.#say(true);
    else this.stop();
  }

  /** It lags no more, or there is nobody left who could. */
  stop(): void {
    this.#since = undefined;
    this.#say(false);
  }

  #say(lagging: boolean): void {
    if (this.#told === lagging) return;
    this.#told = lagging;
    this.#tell(lagging, this.#bytes);
    clearInterval(this.#timer);
    if (!lagging) return;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    // Not every runtime that has timers has those of Node.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  #look(): void {
    if (performance.now() - this.#takenAt >= STOPPED_AFTER_MS) this.#say(false);
  }
}

function isAbove(events: number, bytes: number): boolean {
  return events > LAG_EVENTS_MARK || bytes > LAG_BYTES_MARK;
}
