import type { MembershipId } from '@group-services/core';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/** At most one membership ever places messages as leader of a given (generation, version). */
export class SingleLeader implements Checker {
  readonly name = 'single-leader';
  readonly #leaders = new Map<string, MembershipId>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'placed') return;
    const key = `${generation}/${fact.version}`;
    const known = this.#leaders.get(key);
    if (known === undefined) this.#leaders.set(key, membership);
    else if (known !== membership) {
      throw new Violation(this.name, `${known} and ${membership} both place messages of ${key}`);
    }
  }
}
