import type { Instant } from './instant.js';

/** What the clocks of a machine show, in milliseconds. */
export interface ClockReadings {
  /** Never goes back; stands still while the machine sleeps. */
  readonly monotonic: () => Instant;
  /** The time of day: goes on in sleep, and is set by anybody. Costs nothing to read. */
  readonly wall: () => number;
  /** How long the machine is up, sleep included; coarse, and costs more to read. */
  readonly uptime: () => number;
}

/** The time of day and the monotonic clock differ by so much in one turn when something has happened. */
const STRAY_MS = 20;
/** The uptime is looked at now and then whatever the time of day says. */
const LOOK_EVERY_MS = 1_000;
/** What is shorter cannot be told from the coarseness of the uptime. */
const SLEEP_MS = 50;
/** Two readings that are further apart than this were not taken at one moment. */
const MOMENT_MS = 5;
const TRIES = 4;

/**
 * A monotonic clock that counts the time in which the machine slept (`docs/ARCHITECTURE.md`).
 *
 * On Linux the monotonic clock stands still while a machine or virtual machine is suspended: a daemon
 * would wake up inside a lease that is long over. The time of day shows at every reading whether that may
 * have happened, and only the uptime whether it has: somebody who sets the clock ends no lease.
 */
export class SleepAwareClock {
  readonly #readings: ClockReadings;
  #slept = 0;
  #monotonic: Instant;
  #wall: number;
  #lookAt: Instant;
  /** The last pair of readings that were taken at one moment. */
  #seen: { readonly monotonic: Instant; readonly uptime: number };

  constructor(readings: ClockReadings) {
    this.#readings = readings;
    this.#monotonic = readings.monotonic();
    this.#wall = readings.wall();
    this.#lookAt = this.#monotonic + LOOK_EVERY_MS;
    this.#seen = { monotonic: this.#monotonic, uptime: readings.uptime() };
  }

  now(): Instant {
    const { monotonic, wall } = this.#readings;
    const [now, day] = [monotonic(), wall()];
    const stray = Math.abs(day - this.#wall - (now - this.#monotonic));
    this.#monotonic = now;
    this.#wall = day;
    if (stray > STRAY_MS || now >= this.#lookAt) this.#look();
    return now + this.#slept;
  }

  #look(): void {
    const pair = this.#pair();
    if (pair === undefined) return;
    this.#lookAt = pair.monotonic + LOOK_EVERY_MS;
    const slept = pair.uptime - this.#seen.uptime - (pair.monotonic - this.#seen.monotonic);
    // What is too little to be believed may be the beginning of more: it is compared again.
    if (slept > SLEEP_MS) this.#slept += slept;
    if (slept > SLEEP_MS || slept < 0) this.#seen = pair;
  }

  /** Undefined when we are interrupted again and again; the next reading looks once more. */
  #pair(): { readonly monotonic: Instant; readonly uptime: number } | undefined {
    const { monotonic, uptime } = this.#readings;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = monotonic();
      const up = uptime();
      const after = monotonic();
      if (after - before <= MOMENT_MS) return { monotonic: after, uptime: up };
    }
    return undefined;
  }
}
