// One process: it may stand still, so that its timers are late, or end without a word.
import type { World } from './world.js';

export class SimProcess {
  readonly world: World;
  isAlive = true;
  #standsUntil = 0;

  constructor(world: World) {
    this.world = world;
  }

  get clock(): number {
    return this.world.clock;
  }

  stall(ms: number): void {
    this.#standsUntil = this.world.now + ms;
  }

  /** Runs something here: later, if the process stands still; never, if it is gone. */
  run(task: () => void): void {
    if (!this.isAlive) return;
    if (this.world.now >= this.#standsUntil) task();
    else this.world.at(this.#standsUntil, () => this.run(task));
  }

  /** Calls `due` at the deadline of an engine, after everything that came before it was read. */
  remind(timer: { at: number }, deadline: number, due: () => void): void {
    if (deadline >= timer.at) return;
    timer.at = deadline;
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.world.atClock(deadline, () => {
      const fire = (): void => {
        if (!this.isAlive || timer.at !== deadline) return;
        timer.at = Number.POSITIVE_INFINITY;
        due();
      };
      const isLate = this.world.now < this.#standsUntil;
      // After a standstill what waits in the socket is read before timers are looked at.
      if (isLate) this.world.at(this.#standsUntil + 0.001, fire);
      else fire();
    });
  }
}
