import { type Host, type Instant, NEVER } from '@group-services/core';
import type { Scheduled, VirtualTime } from './virtual-time.js';

/** How a host's clock differs from virtual time. */
export interface VirtualClock {
  /** What the host's clock shows at virtual time 0. */
  readonly startsAt?: Instant;
  /** Clock milliseconds per virtual millisecond. */
  readonly rate?: number;
}

/**
 * The Host of one simulated process. It can be paused (its tasks and timers wait while its clock goes
 * on, as when a process is stopped by a signal or starved) and killed (nothing of it runs again).
 */
export class VirtualHost implements Host {
  readonly #time: VirtualTime;
  readonly #startsAt: Instant;
  readonly #rate: number;
  #timer: Scheduled | undefined;
  #held: (() => void)[] = [];
  #paused = false;
  #killed = false;

  constructor(time: VirtualTime, clock: VirtualClock = {}) {
    this.#time = time;
    this.#startsAt = clock.startsAt ?? 0;
    this.#rate = clock.rate ?? 1;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get killed(): boolean {
    return this.#killed;
  }

  now(): Instant {
    return this.#startsAt + this.#time.now * this.#rate;
  }

  setTimer(at: Instant, fire: () => void): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === NEVER || this.#killed) return;
    const run = (): void => {
      // A clock that is slower by rounding must not show an instant before the timer's.
      if (this.now() < at) this.#timer = this.#time.after(1e-6, () => this.#perform(run));
      else fire();
    };
    this.#timer = this.#time.at((at - this.#startsAt) / this.#rate, () => this.#perform(run));
  }

  defer(task: () => void): void {
    this.#time.after(0, () => this.#perform(task));
  }

  /** From now on tasks and timers wait. */
  pause(): void {
    this.#paused = true;
  }

  /** What waited runs now, in the order in which it became due. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const task of held) this.defer(task);
  }

  /** Ends the process: nothing that it scheduled runs any more. */
  kill(): void {
    this.#killed = true;
    this.#held = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #perform(task: () => void): void {
    if (this.#killed) return;
    if (this.#paused) this.#held.push(task);
    else task();
  }
}
