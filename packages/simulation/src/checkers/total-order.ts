import { daemonOf, type MembershipId } from '@group-services/core';
import { Agreed } from '@group-services/testkit';
import type { Checker, FinalState, InternalEvent } from './checker.js';
import { deliveryKey } from './delivery-key.js';
import { Violation } from './violation.js';

/**
 * Any two memberships' deliveries are equal at every place that both delivered; one version of a
 * generation has one message at a place.
 *
 * An agreed message seen by a membership that is lost since may be unknown to the others: differences
 * count between memberships that are still there at the end. For what was delivered safe the
 * uniformity checker is stricter, and at once.
 */
export class TotalOrder implements Checker {
  readonly name = 'total-order';
  readonly #placed = new Agreed();
  readonly #histories = new Map<MembershipId, { generation: number; keys: Map<number, string> }>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind === 'placed') {
      const place = `${generation}/${fact.version}/${fact.seq}`;
      const message = `${fact.origin}#${fact.counter}`;
      const first = this.#placed.differing(place, message, membership);
      if (first !== undefined) {
        throw new Violation(this.name, `${place} holds both ${first.text} and ${message}`);
      }
    } else if (fact.kind === 'delivered') {
      let history = this.#histories.get(membership);
      if (history === undefined) {
        history = { generation, keys: new Map() };
        this.#histories.set(membership, history);
      }
      history.keys.set(fact.seq, deliveryKey(fact));
    } else if (fact.kind === 'ended') this.#histories.delete(membership);
  }

  finish(final: FinalState): void {
    const agreed = new Agreed();
    for (const [membership, { generation, keys }] of this.#histories) {
      if (!final.liveDaemons.has(daemonOf(membership))) continue;
      for (const [seq, key] of keys) {
        const place = `${generation}/${seq}`;
        const first = agreed.differing(place, key, membership);
        if (first === undefined) continue;
        const text = `${place} is ${first.text} at ${first.by} and ${key} at ${membership}`;
        throw new Violation(this.name, text);
      }
    }
  }
}
