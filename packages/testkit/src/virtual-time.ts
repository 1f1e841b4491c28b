import { type Instant, invariant, NEVER } from '@group-services/core';
import { EventQueue } from './event-queue.js';

/** A task that can be taken back before it runs. */
export interface Scheduled {
  cancel(): void;
}

class Task implements Scheduled {
  run: (() => void) | undefined;

  constructor(run: () => void) {
    this.run = run;
  }

  cancel(): void {
    this.run = undefined;
  }
}

/**
 * Time that passes only from one scheduled task to the next. All that runs in one simulation shares
 * one of these; tasks of the same instant run in the order in which they were scheduled.
 */
export class VirtualTime {
  readonly #queue = new EventQueue<Task>();
  #now: Instant = 0;

  get now(): Instant {
    return this.#now;
  }

  /** Tasks that wait, those taken back included. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Runs `task` at `at`; what lies in the past runs at the present instant, but never at once. */
  at(at: Instant, task: () => void): Scheduled {
    invariant(Number.isFinite(at), 'a task is scheduled for a finite instant');
    const scheduled = new Task(task);
    this.#queue.push(Math.max(at, this.#now), scheduled);
    return scheduled;
  }

  /** Runs `task` so many milliseconds from now. */
  after(delayMs: number, task: () => void): Scheduled {
    return this.at(this.#now + delayMs, task);
  }

  /** Runs the next task that is due up to and including `until`; false when there is none. */
  step(until: Instant = NEVER): boolean {
    for (;;) {
      const nextAt = this.#queue.nextAt;
      if (nextAt === undefined || nextAt > until) return false;
      const run = this.#queue.pop()?.value.run;
      this.#now = Math.max(this.#now, nextAt);
      if (run === undefined) continue;
      run();
      return true;
    }
  }

  /** Runs everything that is due up to and including `until`; then it is `until`. */
  runUntil(until: Instant): void {
    let ran = true;
    while (ran) ran = this.step(until);
    this.#now = Math.max(this.#now, until);
  }
}
