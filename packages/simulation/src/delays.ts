import type { Rng } from '@group-services/core';
import type { NetworkProfile } from './profile.js';

/** Draws what happens to one message on its way. */
export class Delays {
  readonly #rng: Rng;
  readonly #profile: NetworkProfile;
  #calm = false;

  constructor(rng: Rng, profile: NetworkProfile) {
    this.#rng = rng;
    this.#profile = profile;
  }

  /** From now on nothing is lost, doubled or very late. */
  calmDown(): void {
    this.#calm = true;
  }

  /** The one-way delays of all copies that arrive; none when the message is lost. */
  copies(): readonly number[] {
    const { loss, duplication } = this.#profile;
    if (this.#calm) return [this.oneWay()];
    if (this.#rng.chance(loss)) return [];
    return this.#rng.chance(duplication) ? [this.oneWay(), this.oneWay()] : [this.oneWay()];
  }

  oneWay(): number {
    const { tailChance, tailMs } = this.#profile;
    if (!this.#calm && this.#rng.chance(tailChance)) return this.#rng.next() * tailMs;
    return this.ordinary();
  }

  /** Without the tail: for streams, in which one late segment holds up all that follow. */
  ordinary(): number {
    const { delayMinMs, delayMeanMs } = this.#profile;
    return delayMinMs + this.#rng.next() * 2 * delayMeanMs;
  }
}
