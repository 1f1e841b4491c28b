import type { Rng } from '@group-services/core';
import type { Profile } from '../profile/profile.js';

/** Draws how long each fault lasts: mostly about as long as the protocols' own limits, rarely longer. */
export class FaultTimes {
  readonly #rng: Rng;
  readonly #faults: Profile['faults'];
  readonly #suspectAfterMs: number;
  /** Limits of the protocols: what lasts exactly as long hits two things that race. */
  readonly #edges: readonly number[];

  constructor({ timing, faults }: Profile, rng: Rng) {
    this.#rng = rng;
    this.#faults = faults;
    this.#suspectAfterMs = timing.suspectAfterMs;
    const { heartbeatMs, suspectAfterMs, leaseMs, slowMemberTimeoutMs, leaveTimeoutMs } = timing;
    this.#edges = [
      heartbeatMs,
      suspectAfterMs,
      suspectAfterMs - heartbeatMs,
      leaseMs / 3,
      leaseMs,
      slowMemberTimeoutMs,
      leaveTimeoutMs,
    ];
  }

  /** From a moment to several times what makes others suspect a daemon; often a limit, give or take. */
  pause(): number {
    if (this.#rng.chance(0.3)) return this.#rng.pick(this.#edges) + this.#rng.between(-2, 2);
    const lasts = this.#rng.pick([0.1, 0.5, 1, 1.2, 3, 8]) * this.#suspectAfterMs;
    return this.#rarely(lasts, this.#faults.pauseMaxMs);
  }

  partition(): number {
    const lasts = this.#rng.pick([0.5, 2, 6, 15]) * this.#suspectAfterMs;
    return this.#rarely(lasts, this.#faults.partitionMaxMs);
  }

  /** Started again at once (three in ten), soon, or long after everybody noticed. */
  outage(): number {
    if (this.#rng.chance(0.3)) return this.#rng.next() * 10;
    const lasts = this.#rng.pick([0.2, 1, 4, 10]) * this.#suspectAfterMs;
    return this.#rarely(lasts, this.#faults.outageMaxMs);
  }

  stall(): number {
    const lasts = this.#rng.pick([0.5, 1, 3]) * this.#suspectAfterMs;
    return this.#rarely(lasts, this.#faults.stallMaxMs);
  }

  #rarely(usualMax: number, max: number): number {
    return this.#rng.next() * (this.#rng.chance(0.1) ? max : Math.min(usualMax, max));
  }
}
