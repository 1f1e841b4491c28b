// Virtual time: what is due, in order.
import { EventQueue } from '@group-services/testkit';

/** No clock of a process starts at zero. */
export const START = 1_000;

export class World {
  readonly #events = new EventQueue<() => void>();
  #now = START;
  steps = 0;

  /** Since the beginning. */
  get now(): number {
    return this.#now - START;
  }

  /** As a clock of a process shows it. */
  get clock(): number {
    return this.#now;
  }

  at(time: number, run: () => void): void {
    this.atClock(time + START, run);
  }

  atClock(clock: number, run: () => void): void {
    this.#events.push(Math.max(this.#now, clock), run);
  }

  runUntil(time: number): void {
    while ((this.#events.nextAt ?? Number.POSITIVE_INFINITY) <= time + START) {
      const next = this.#events.pop();
      if (next === undefined) return;
      this.#now = next.at;
      this.steps += 1;
      next.value();
    }
    this.#now = time + START;
  }
}
