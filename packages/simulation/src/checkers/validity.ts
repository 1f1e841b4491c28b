import { daemonOf, type MembershipId } from '@group-services/core';
import type { Checker, FinalState, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/** A message submitted by a member that stays is delivered once faults stop. */
export class Validity implements Checker {
  readonly name = 'validity';
  readonly eventual = true;
  readonly #submitted = new Map<MembershipId, number>();
  readonly #delivered = new Map<MembershipId, number>();

  internal({ fact, membership }: InternalEvent): void {
    if (fact.kind === 'submitted') {
      const before = this.#submitted.get(membership) ?? 0;
      this.#submitted.set(membership, Math.max(before, fact.counter));
    } else if (fact.kind === 'delivered' && fact.origin === membership && !fact.view) {
      this.#delivered.set(membership, fact.counter);
    } else if (fact.kind === 'ended') {
      this.#submitted.delete(membership);
    }
  }

  finish(final: FinalState): void {
    for (const [membership, submitted] of this.#submitted) {
      if (!final.liveDaemons.has(daemonOf(membership))) continue;
      const delivered = this.#delivered.get(membership) ?? 0;
      if (delivered >= submitted) continue;
      const text = `${membership} submitted up to #${submitted}, of which it has #${delivered}`;
      throw new Violation(this.name, text);
    }
  }
}
