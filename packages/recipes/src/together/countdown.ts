import type { WaitOptions, Where } from '../base/where.js';
import type { BarrierOptions } from './barrier.js';
import { Rounds } from './rounds.js';

export interface Countdown extends AsyncDisposable {
  /** Whether everybody was done, as far as it is known here; once it is over it stays that. */
  readonly isOver: boolean;
  /** This process is done and holds nobody up; waits for nobody. */
  countDown(): void;
  /**
   * Waits until every member is done; who waits is done itself. Who dies is not waited for, who joins
   * before it is over is.
   */
  wait(options?: WaitOptions): Promise<{ readonly present: readonly string[] }>;
}

/**
 * Something that is over once all members are done with their part: a start of many processes, a
 * migration. Resolves when this process is a member; one that comes later finds it over. With `parties` it is
 * not over before so many are there.
 */
export async function countdown(
  where: Where,
  name: string,
  options: BarrierOptions = {},
): Promise<Countdown> {
  const { parties = 1 } = options;
  const rounds = new Rounds({ recipe: 'countdown', where, name, parties, roundsMax: 1 }, options);
  await rounds.ready();
  return new Once(rounds);
}

class Once implements Countdown {
  readonly #rounds: Rounds;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  get isOver(): boolean {
    return this.#rounds.count > 0;
  }

  countDown(): void {
    this.#rounds.done();
  }

  async wait(options?: WaitOptions): Promise<{ readonly present: readonly string[] }> {
    this.#rounds.done();
    const { present } = await this.#rounds.over(0, options);
    return { present };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#rounds[Symbol.asyncDispose]();
  }
}
