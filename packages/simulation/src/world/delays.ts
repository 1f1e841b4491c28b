import type { Rng } from '@group-services/core';
import type { NetworkProfile } from '../profile/profile.js';

/** Draws what happens to one message on its way. */
export class Delays {
  readonly #rng: Rng;
  readonly #profile: NetworkProfile;
  /** Bytes per millisecond of the directions that are slow; 0 for the others. */
  readonly #slow = new Map<string, number>();
  #calm = false;

  constructor(rng: Rng, profile: NetworkProfile) {
    this.#rng = rng;
    this.#profile = profile;
  }

  /** From now on nothing is lost, doubled, slow or very late. */
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

  /** Whether this delay is of the tail. */
  isLate(delay: number): boolean {
    const { delayMinMs, delayMeanMs } = this.#profile;
    return delay > delayMinMs + 2 * delayMeanMs;
  }

  /** Whether a message may come before what was sent before it. */
  overtakes(): boolean {
    const { reordering } = this.#profile;
    return reordering === 1 || this.#rng.chance(reordering);
  }

  /** Whether an answer of the name server comes a second time. */
  doublesAnswer(): boolean {
    return !this.#calm && this.#rng.chance(this.#profile.answerDuplication);
  }

  /** How long a link from one place to another is busy with so many bytes. */
  transmission(from: string, to: string, bytes: number): number {
    const { slowShare, slowBytesPerMs } = this.#profile;
    if (this.#calm || slowShare === 0) return 0;
    const direction = `${from}>${to}`;
    let rate = this.#slow.get(direction);
    if (rate === undefined) {
      rate = this.#rng.chance(slowShare) ? slowBytesPerMs : 0;
      this.#slow.set(direction, rate);
    }
    return rate === 0 ? 0 : bytes / rate;
  }
}
