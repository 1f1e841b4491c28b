import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Nobody discards what some current member has not received.
 *
 * What a member has is what it delivered or said that it holds; for a member that has no state yet,
 * everything up to the view that added it, since its state is taken there or later; before anybody
 * installed that view it lacks nothing.
 */
export class Retention implements Checker {
  readonly name = 'retention';
  /** The newest entry that the name server accepted, per generation. */
  readonly #entries = new Map<number, Entry>();
  readonly #holds = new Map<MembershipId, number>();

  entry(entry: Entry): void {
    const known = this.#entries.get(entry.generation);
    if (known === undefined || known.version < entry.version) {
      this.#entries.set(entry.generation, entry);
    }
  }

  internal({ fact, generation, membership }: InternalEvent): void {
    switch (fact.kind) {
      case 'based':
        this.#hold(membership, fact.position);
        return;
      case 'delivered':
      case 'placed':
        this.#hold(membership, fact.seq);
        return;
      case 'holds':
        this.#hold(membership, fact.contiguous);
        return;
      case 'installed':
        for (const member of fact.entry.members) {
          const added = member.joinVersion === fact.entry.version;
          const again = !member.full && fact.entry.since === fact.entry.version;
          if (added || again) this.#hold(member.id, fact.position);
        }
        return;
      case 'discarded':
        this.#discarded(generation, membership, fact.upTo);
        return;
      default:
    }
  }

  #hold(membership: MembershipId, upTo: number): void {
    if ((this.#holds.get(membership) ?? 0) < upTo) this.#holds.set(membership, upTo);
  }

  #discarded(generation: number, membership: MembershipId, upTo: number): void {
    const entry = this.#entries.get(generation);
    if (!entry?.members.some((member) => member.id === membership)) return;
    for (const member of entry.members) {
      const holds = this.#holds.get(member.id);
      if (holds === undefined || holds >= upTo) continue;
      const text = `${membership} discards up to ${generation}/${upTo}`;
      throw new Violation(this.name, `${text}, but ${member.id} has no more than ${holds}`);
    }
  }
}
