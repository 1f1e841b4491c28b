import type { MembershipId } from '@group-services/core';
import type { InternalEvent } from '../checkers/checker.js';
import type { Counters } from '../counters.js';

/**
 * Counts leaders that hear of a newer list without them. Who is replaced is no longer listed, so that
 * its membership ends rather than going on as a follower.
 */
export class Depositions {
  readonly #counters: Counters;
  readonly #leaders = new Set<MembershipId>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  observed({ membership, fact }: InternalEvent): void {
    if (fact.kind === 'placed') this.#leaders.add(membership);
    else if (fact.kind === 'ended' && this.#leaders.delete(membership)) {
      if (fact.reason === 'removed') this.#counters.count('leaders removed while they led');
    }
  }
}
