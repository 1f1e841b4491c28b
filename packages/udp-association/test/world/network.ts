// Loses, doubles, delays, shortens and damages what is sent, as the seed says.
import { BUSY_MS, type Plan } from './plan.js';
import type { World } from './world.js';

/** Which way a datagram goes: towards listeners, or back to the dialler. */
export type Way = 'there' | 'back';

export class Network {
  readonly #plan: Plan;
  readonly #world: World;

  constructor(plan: Plan, world: World) {
    this.#plan = plan;
    this.#world = world;
  }

  /** Sends a datagram; `arrive` is called for each copy that comes through. */
  carry(way: Way, datagram: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    const copies = this.#isBad(this.#plan.double) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#carryOne(way, datagram, arrive);
  }

  #carryOne(way: Way, datagram: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    const { lose, late, faults, delayMs, isOrderly } = this.#plan;
    const { now } = this.#world;
    const cut = this.#plan.cuts[way];
    if (this.#isBad(lose) || (cut !== undefined && now >= cut.from && now < cut.until)) return;
    const bytes = this.#damaged(datagram);
    let delay = isOrderly ? delayMs : delayMs * (0.5 + faults.next());
    if (this.#isBad(late)) delay += faults.next() * 4_000;
    this.#world.at(now + delay, () => arrive(bytes));
  }

  /** A copy, as nothing that was sent may be changed by who receives it. */
  #damaged(datagram: Uint8Array): Uint8Array {
    const { truncate, corrupt, faults } = this.#plan;
    const short = this.#isBad(truncate) ? faults.between(0, datagram.length) : datagram.length;
    const bytes = datagram.slice(0, short);
    if (bytes.length > 0 && this.#isBad(corrupt)) {
      // Mostly in the numbers at the front: there it does most.
      const at = faults.between(0, Math.min(bytes.length, faults.chance(0.7) ? 32 : 2_000) - 1);
      bytes[at] = faults.between(0, 255);
    }
    return bytes;
  }

  #isBad(share: number): boolean {
    return share > 0 && this.#world.now < BUSY_MS && this.#plan.faults.chance(share);
  }
}
