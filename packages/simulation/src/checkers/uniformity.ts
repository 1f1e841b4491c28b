import type { MembershipId } from '@group-services/core';
import type { Checker, InternalEvent } from './checker.js';
import { deliveryKey } from './delivery-key.js';
import { Violation } from './violation.js';

/**
 * A safe message (views included) delivered by anyone, even one failed since, fixes its whole prefix
 * for everyone in the generation: whoever delivers a safe message later has the same prefix.
 */
export class Uniformity implements Checker {
  readonly name = 'uniformity';
  readonly #fixed = new Map<number, Map<number, Fixed>>();
  /** Agreed deliveries that no safe one has confirmed yet. */
  readonly #open = new Map<MembershipId, Map<number, string>>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'delivered') return;
    let open = this.#open.get(membership);
    if (open === undefined) {
      open = new Map();
      this.#open.set(membership, open);
    }
    open.set(fact.seq, deliveryKey(fact));
    if (!fact.safe && !fact.view) return;
    this.#fix(generation, membership, open);
    open.clear();
  }

  #fix(generation: number, membership: MembershipId, prefix: ReadonlyMap<number, string>): void {
    let fixed = this.#fixed.get(generation);
    if (fixed === undefined) {
      fixed = new Map();
      this.#fixed.set(generation, fixed);
    }
    for (const [seq, key] of prefix) {
      const known = fixed.get(seq);
      if (known === undefined) fixed.set(seq, { key, by: membership });
      else if (known.key !== key) {
        const text = `${generation}/${seq} is fixed as ${known.key} by ${known.by}`;
        throw new Violation(this.name, `${text}, but is ${key} at ${membership}`);
      }
    }
  }
}

interface Fixed {
  readonly key: string;
  readonly by: MembershipId;
}
