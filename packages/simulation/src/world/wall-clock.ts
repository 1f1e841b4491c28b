import type { VirtualTime } from '@group-services/testkit';
import { WALL_CLOCK_START } from './shared.js';

/**
 * The time of day of one host, which people and time services may set. Nothing but the incarnations
 * and epochs of processes that start comes from it.
 */
export class WallClock {
  readonly #time: VirtualTime;
  #offsetMs = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Whole milliseconds. */
  now(): number {
    return WALL_CLOCK_START + Math.floor(this.#time.now + this.#offsetMs);
  }

  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }
}
