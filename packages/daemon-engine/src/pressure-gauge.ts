import { type Instant, Queue } from '@group-services/core';

/**
 * How far one process lags behind what its daemon has written to its connection, handle by handle
 * (B4, docs/ARCHITECTURE.md, A process does not read).
 *
 * The connection keeps order, so what was written is a queue of runs, each of one handle; what the
 * process has read is taken off at its front. The shell says what the connection has queued, this says
 * who presses; production and the simulator measure with the same code.
 */
export class PressureGauge {
  readonly #limits: PaceLimits;
  readonly #runs = new Queue<Run>();
  /** The run that was begun last, also when it has been read. */
  #newest: Run | undefined;
  #total = 0;
  readonly #waiting = new Map<number, Unread>();
  /** Handles that press. */
  #pressing = 0;
  /** When the process read something last, or had nothing to read. */
  #movedAt: Instant = 0;
  /** Since when more than the mark is unread in all; undefined: it is not. */
  #highSince: Instant | undefined;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /** Bytes that are unread, all handles together. */
  get bytes(): number {
    return this.#total;
  }

  /** Whether somebody has to look again after a while. */
  get isWatched(): boolean {
    return this.#highSince !== undefined || this.#pressing > 0;
  }

  /** Whether a group waits for it. */
  get presses(): boolean {
    return this.#pressing > 0;
  }

  /** Whether the process has read something lately, or had nothing to read. */
  moves(now: Instant): boolean {
    return now - this.#movedAt < this.#limits.stoppedAfterMs;
  }

  /** A frame was written; `before` and `after` are what the connection had queued around it. */
  wrote(handle: number, before: number, after: number, now: Instant): readonly PressureChange[] {
    this.#settle(before, now);
    const size = after - before;
    if (size <= 0) return NO_CHANGES;
    this.#push(handle, size);
    if (this.#total <= this.#limits.pressureMarkBytes) return NO_CHANGES;
    this.#highSince ??= now;
    return this.#changes(now);
  }

  /** Looks how much the connection still has queued. */
  look(queued: number, now: Instant): readonly PressureChange[] {
    this.#settle(queued, now);
    return this.#changes(now);
  }

  /** Whether the process has to go, as of the last look. */
  tooSlow(now: Instant): TooSlow | undefined {
    const bytes = this.#total;
    const handles = Math.max(1, this.#waiting.size);
    const limit = this.#limits.bufferBytesMax * handles;
    if (bytes > limit) return { kind: 'full', bytes, limit };
    if (this.#highSince === undefined) return undefined;
    const sinceMs = now - this.#highSince;
    return sinceMs >= this.#limits.slowAfterMs ? { kind: 'slow', sinceMs, bytes } : undefined;
  }

  #push(handle: number, size: number): void {
    if (this.#runs.length > 0 && this.#newest?.handle === handle) {
      this.#newest.bytes += size;
    } else {
      this.#newest = { handle, bytes: size };
      this.#runs.push(this.#newest);
    }
    this.#total += size;
    const waiting = this.#waiting.get(handle);
    if (waiting === undefined) {
      this.#waiting.set(handle, { bytes: size, high: false, pressed: false });
    } else {
      waiting.bytes += size;
    }
  }

  /** Takes off what was read: everything but the `queued` bytes behind it. */
  #settle(queued: number, now: Instant): void {
    let read = this.#total - queued;
    if (read <= 0) {
      if (this.#total === 0) this.#movedAt = now;
      return;
    }
    this.#movedAt = now;
    this.#total = queued;
    for (let run = this.#runs.peek(); run !== undefined && read > 0; run = this.#runs.peek()) {
      const part = Math.min(run.bytes, read);
      read -= part;
      this.#takeOff(run.handle, part);
      run.bytes -= part;
      if (run.bytes === 0) this.#runs.shift();
    }
    if (this.#total * 2 <= this.#limits.pressureMarkBytes) this.#highSince = undefined;
  }

  #takeOff(handle: number, bytes: number): void {
    const waiting = this.#waiting.get(handle);
    if (waiting === undefined) return;
    waiting.bytes -= bytes;
    if (waiting.bytes <= 0 && !waiting.pressed) this.#waiting.delete(handle);
  }

  #changes(now: Instant): readonly PressureChange[] {
    const moves = this.moves(now);
    const mark = this.#limits.pressureMarkBytes / Math.max(1, this.#waiting.size);
    let changes: PressureChange[] | undefined;
    for (const [handle, waiting] of this.#waiting) {
      const { bytes } = waiting;
      if (bytes > mark) waiting.high = true;
      else if (bytes * 2 <= mark) waiting.high = false;
      const pressed = waiting.high && moves;
      if (pressed === waiting.pressed) continue;
      waiting.pressed = pressed;
      this.#pressing += pressed ? 1 : -1;
      changes ??= [];
      changes.push({ handle, pressed, bytes });
      if (bytes <= 0 && !pressed) this.#waiting.delete(handle);
    }
    return changes ?? NO_CHANGES;
  }
}

/** When a process counts as slow. Times are milliseconds, sizes bytes. */
export interface PaceLimits {
  /**
   * A handle with more than this unread presses, until it has less than half of it. A process's
   * handles that have something unread share it evenly.
   */
  readonly pressureMarkBytes: number;
  /** Who has read nothing at all for so long presses no more: nobody waits for a stopped process. */
  readonly stoppedAfterMs: number;
  /** Above the mark for so long without once falling below half: too slow to take part. */
  readonly slowAfterMs: number;
  /** What may be unread for each handle that has something unread. */
  readonly bufferBytesMax: number;
}

/** A handle has begun to press, or presses no more. */
export interface PressureChange {
  readonly handle: number;
  readonly pressed: boolean;
  /** Bytes of it that are unread now. */
  readonly bytes: number;
}

/** Why a process has to go. */
export type TooSlow =
  | { readonly kind: 'slow'; readonly sinceMs: number; readonly bytes: number }
  | { readonly kind: 'full'; readonly bytes: number; readonly limit: number };

/** Bytes of one handle in a row. */
interface Run {
  readonly handle: number;
  bytes: number;
}

interface Unread {
  bytes: number;
  /** Above the mark, and not below half of it since. */
  high: boolean;
  /** What was reported last. */
  pressed: boolean;
}

const NO_CHANGES: readonly PressureChange[] = [];
