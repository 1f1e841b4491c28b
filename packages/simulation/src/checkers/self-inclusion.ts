import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/** Who installs a view is in it. */
export class SelfInclusion implements Checker {
  readonly name = 'self-inclusion';

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'installed') return;
    if (fact.entry.members.some((member) => member.id === membership)) return;
    throw new Violation(
      this.name,
      `${membership} installs ${generation}/${fact.entry.version} without being in it`,
    );
  }
}
