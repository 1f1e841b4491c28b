import type { MembershipId } from '@group-services/core';
import { Agreed } from '@group-services/testkit';
import type { Checker, InternalEvent } from './checker.js';
import { deliveryKey } from './delivery-key.js';
import { Violation } from './violation.js';

/** Two that go together from one view to the next delivered the same messages in the first. */
export class VirtualSynchrony implements Checker {
  readonly name = 'virtual-synchrony';
  readonly #stays = new Map<MembershipId, Stay>();
  readonly #passages = new Agreed();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind === 'delivered' && !fact.view) {
      this.#stays.get(membership)?.deliveries.push(`${fact.seq} ${deliveryKey(fact)}`);
    }
    if (fact.kind !== 'installed') return;
    const before = this.#stays.get(membership);
    const { version } = fact.entry;
    this.#stays.set(membership, { version, deliveries: [] });
    if (before === undefined) return;
    const passage = `${generation}/${before.version} to ${version}`;
    const text = before.deliveries.join('\n');
    const first = this.#passages.differing(passage, text, membership);
    if (first === undefined) return;
    const what = `${membership} and ${first.by} delivered different messages on their way`;
    throw new Violation(this.name, `${what} from ${passage}:\n${text}\nand\n${first.text}`);
  }
}

interface Stay {
  readonly version: number;
  deliveries: string[];
}
