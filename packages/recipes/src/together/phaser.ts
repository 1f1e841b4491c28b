import type { WaitOptions, Where } from '../base/where.js';
import type { BarrierOptions } from './barrier.js';
import { Rounds } from './rounds.js';

export interface Phaser extends AsyncDisposable {
  /** The present phase, from 0 on, as far as it is known here; a newcomer begins in that of the group. */
  readonly phase: number;
  /** This process is done with the present phase, and waits for nobody. */
  arrive(): void;
  /**
   * The same, and waits for the next phase, which begins when every member is done with this one. Who dies
   * is not waited for, who joins is. Given up, this process is done with the phase all the same.
   */
  next(
    options?: WaitOptions,
  ): Promise<{ readonly phase: number; readonly present: readonly string[] }>;
}

/**
 * Phases that all members go through together; a member may be done with one before it needs the next.
 * Resolves when this process is a member. With `parties` no phase ends before so many are there.
 */
export async function phaser(
  where: Where,
  name: string,
  options: BarrierOptions = {},
): Promise<Phaser> {
  const { parties = 1 } = options;
  const plan = { recipe: 'phaser', where, name, parties, roundsMax: Number.MAX_SAFE_INTEGER };
  const rounds = new Rounds(plan, options);
  await rounds.ready();
  return new Phases(rounds);
}

class Phases implements Phaser {
  readonly #rounds: Rounds;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  get phase(): number {
    return this.#rounds.count;
  }

  arrive(): void {
    this.#rounds.done();
  }

  async next(
    options?: WaitOptions,
  ): Promise<{ readonly phase: number; readonly present: readonly string[] }> {
    this.#rounds.done();
    const { count, present } = await this.#rounds.over(this.#rounds.count, options);
    return { phase: count, present };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#rounds[Symbol.asyncDispose]();
  }
}
