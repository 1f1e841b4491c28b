import { type Host, type Instant, NEVER, SleepAwareClock } from '@group-services/core';
import type { Scheduled, VirtualTime } from './virtual-time.js';

/** How a host's clock differs from virtual time. */
export interface VirtualClock {
  /** What the host's clock shows at virtual time 0. */
  readonly startsAt?: Instant;
  /** Clock milliseconds per virtual millisecond. */
  readonly rate?: number;
}

const ROUNDING_MS = 1e-6;

/**
 * The Host of one simulated process. It can be paused (its tasks and timers wait while its clock goes
 * on, as when a process is stopped by a signal or starved), sleep (its machine is suspended: the monotonic
 * clock stands still as well, and what is left of its timers runs when it wakes), be busy (the same for the
 * time that its work takes), and be killed (nothing of it runs again).
 */
export class VirtualHost implements Host {
  readonly #time: VirtualTime;
  readonly #startsAt: Instant;
  readonly #rate: number;
  #timer: Scheduled | undefined;
  /** When the timer goes off, in virtual time, and what it does then. */
  #dueAt = NEVER;
  #due: () => void = () => {};
  #asleepSince: number | undefined;
  /** How long the monotonic clock has stood still. */
  #slept = 0;
  /** What the process reads once its machine has slept; before, virtual time is all there is. */
  #clock: SleepAwareClock | undefined;
  #shown: Instant = Number.NEGATIVE_INFINITY;
  #held: (() => void)[] = [];
  #busyUntil = 0;
  #paused = false;
  #killed = false;

  constructor(time: VirtualTime, clock: VirtualClock = {}) {
    this.#time = time;
    this.#startsAt = clock.startsAt ?? 0;
    this.#rate = clock.rate ?? 1;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get isKilled(): boolean {
    return this.#killed;
  }

  now(): Instant {
    // Nothing of a machine that is suspended reads a clock, whatever reaches it meanwhile.
    if (this.#asleepSince !== undefined) return this.#shown;
    const now = this.#clock?.now() ?? this.#awake();
    // Sums of sleeps differ by rounding; a clock that went back by more would be a fault.
    if (now < this.#shown && this.#shown - now < ROUNDING_MS) return this.#shown;
    this.#shown = now;
    return now;
  }

  /** The time since virtual time began, on this machine's clock, sleep included. */
  #awake(): Instant {
    return this.#startsAt + this.#time.now * this.#rate;
  }

  setTimer(at: Instant, fire: () => void): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueAt = NEVER;
    if (at === NEVER || this.#killed) return;
    const run = (): void => {
      // A clock that is slower by rounding must not show an instant before the timer's.
      if (this.now() < at) this.#timer = this.#time.after(1e-6, () => this.#perform(run));
      else fire();
    };
    this.#arm((at - this.#startsAt + this.#missed()) / this.#rate, () => this.#perform(run));
  }

  #arm(dueAt: number, due: () => void): void {
    this.#timer = this.#time.at(dueAt, () => {
      this.#dueAt = NEVER;
      due();
    });
    this.#dueAt = dueAt;
    this.#due = due;
  }

  /** What the process does not know that it slept. */
  #missed(): number {
    return this.#clock === undefined ? 0 : this.#awake() - this.now();
  }

  defer(task: () => void): void {
    this.#time.after(0, () => this.#perform(task));
  }

  /** The task that runs now takes so long: what becomes due meanwhile waits until it is over. */
  spend(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#time.now) + ms;
  }

  /** From now on tasks and timers wait. */
  pause(): void {
    this.#paused = true;
  }

  /** The machine is suspended: like a pause, and its monotonic clock stands still. */
  sleep(): void {
    if (this.#paused) return;
    this.now();
    this.pause();
    this.#asleepSince = this.#time.now;
    this.#clock ??= new SleepAwareClock({
      monotonic: () => this.#awake() - (this.#slept + this.#sleeping) * this.#rate,
      wall: () => this.#awake(),
      uptime: () => this.#awake(),
    });
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** How long the present sleep has lasted. */
  get #sleeping(): number {
    return this.#asleepSince === undefined ? 0 : this.#time.now - this.#asleepSince;
  }

  #wake(): void {
    if (this.#asleepSince === undefined) return;
    const lasted = this.#sleeping;
    this.#asleepSince = undefined;
    this.#slept += lasted;
    // Timers go with the clock that stood still.
    if (this.#dueAt !== NEVER) this.#arm(Math.max(this.#time.now, this.#dueAt + lasted), this.#due);
  }

  /** What waited runs now, in the order in which it became due. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wake();
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
    else if (this.#busyUntil > this.#time.now) {
      this.#time.at(this.#busyUntil, () => this.#perform(task));
    } else task();
  }
}
