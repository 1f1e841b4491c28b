import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * For domains in which nobody dies and no link breaks, however much there is to do: no membership ends but
 * by leaving. A living daemon was removed because of load otherwise.
 */
export class LoadIsNotDeath implements Checker {
  readonly name = 'load-is-not-death';

  internal({ group, membership, fact }: InternalEvent): void {
    if (fact.kind !== 'ended' || fact.reason === 'left' || fact.reason === 'unknown-group') return;
    const what = `${membership} ends in ${group}: ${fact.reason}`;
    throw new Violation(this.name, `${what}, although nobody has failed`);
  }
}
