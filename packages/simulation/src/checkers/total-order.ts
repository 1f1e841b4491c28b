import { daemonOf, type MembershipId } from '@group-services/core';
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
  readonly #placed = new Map<string, string>();
  readonly #histories = new Map<MembershipId, { generation: number; keys: Map<number, string> }>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind === 'placed') {
      const place = `${generation}/${fact.version}/${fact.seq}`;
      const message = `${fact.origin}#${fact.counter}`;
      const known = this.#placed.get(place);
      if (known === undefined) this.#placed.set(place, message);
      else if (known !== message) {
        throw new Violation(this.name, `${place} holds both ${known} and ${message}`);
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
    const agreed = new Map<string, { readonly key: string; readonly by: MembershipId }>();
    for (const [membership, { generation, keys }] of this.#histories) {
      if (!final.liveDaemons.has(daemonOf(membership))) continue;
      for (const [seq, key] of keys) {
        const place = `${generation}/${seq}`;
        const known = agreed.get(place);
        if (known === undefined) agreed.set(place, { key, by: membership });
        else if (known.key !== key) {
          const text = `${place} is ${known.key} at ${known.by} and ${key} at ${membership}`;
          throw new Violation(this.name, text);
        }
      }
    }
  }
}
