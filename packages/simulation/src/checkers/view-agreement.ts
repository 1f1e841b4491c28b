import { Agreed } from '@group-services/testkit';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Memberships that install the same (generation, version) install the same list in the same order,
 * with the same leader, at the same position of the stream; versions grow at every membership.
 */
export class ViewAgreement implements Checker {
  readonly name = 'view-agreement';
  readonly #views = new Agreed();
  readonly #newest = new Map<string, number>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'installed') return;
    const { entry } = fact;
    const list = entry.members.map((member) => `${member.id}@${member.joinVersion}`).join(' ');
    const view = `[${list}] led by ${entry.leader} at ${fact.position}`;
    const key = `${generation}/${entry.version}`;
    const first = this.#views.differing(key, view, membership);
    if (first !== undefined) {
      const other = `${first.by} as ${first.text}`;
      throw new Violation(this.name, `${membership} installs ${key} as ${view}, ${other}`);
    }
    const newest = this.#newest.get(membership) ?? 0;
    if (entry.version <= newest) {
      throw new Violation(this.name, `${membership} installs ${key} after version ${newest}`);
    }
    this.#newest.set(membership, entry.version);
  }
}
