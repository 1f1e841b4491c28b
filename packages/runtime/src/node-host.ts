import { uptime } from 'node:os';
import { type Host, type Instant, NEVER, SleepAwareClock } from '@group-services/core';

/** The longest delay that Node's timers know; a later deadline is reached in several steps. */
const DELAY_MAX_MS = 2 ** 31 - 1;

/**
 * Node's side of a driver: a monotonic clock that counts sleep, one timer, and the next turn of the event loop.
 *
 * One host serves one driver, since it has the one timer of its engine.
 */
export class NodeHost implements Host {
  readonly #clock = new SleepAwareClock({
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    uptime: () => uptime() * 1000,
  });
  #at: Instant = NEVER;
  #fire: () => void = () => {};
  /** Runs while `#at` is not NEVER, and fires at `#armedFor` or a little earlier. */
  #timer: NodeJS.Timeout | undefined;
  #armedFor: Instant = NEVER;

  now(): Instant {
    return this.#clock.now();
  }

  setTimer(at: Instant, fire: () => void): void {
    this.#at = at;
    this.#fire = fire;
    if (at === NEVER) {
      this.#disarm();
    } else if (at < this.#armedFor) {
      // A timer that is set too early is cheaper to keep: it looks again when it goes off.
      this.#disarm();
      this.#arm();
    }
  }

  defer(task: () => void): void {
    setImmediate(task);
  }

  #arm(): void {
    const delay = Math.ceil(Math.max(0, this.#at - this.now()));
    this.#armedFor = this.#at;
    this.#timer = setTimeout(() => this.#onTimer(), Math.min(delay, DELAY_MAX_MS));
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = NEVER;
  }

  #onTimer(): void {
    this.#disarm();
    if (this.#at === NEVER) return;
    if (this.now() < this.#at) {
      this.#arm();
      return;
    }
    this.#at = NEVER;
    this.#fire();
  }
}
