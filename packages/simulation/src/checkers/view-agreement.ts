import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Memberships that install the same (generation, version) install the same list in the same order,
 * with the same leader, at the same position of the stream; versions grow at every membership.
 */
export class ViewAgreement implements Checker {
  readonly name = 'view-agreement';
  readonly #views = new Map<string, string>();
  readonly #newest = new Map<string, number>();

  internal({ fact, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'installed') return;
    const { entry } = fact;
    const list = entry.members.map((member) => `${member.id}@${member.joinVersion}`).join(' ');
    const view = `[${list}] led by ${entry.leader} at ${fact.position}`;
    const key = `${generation}/${entry.version}`;
    const known = this.#views.get(key);
    if (known === undefined) this.#views.set(key, view);
    else if (known !== view) {
      throw new Violation(this.name, `${membership} installs ${key} as ${view}, others ${known}`);
    }
    const newest = this.#newest.get(membership) ?? 0;
    if (entry.version <= newest) {
      throw new Violation(this.name, `${membership} installs ${key} after version ${newest}`);
    }
    this.#newest.set(membership, entry.version);
  }
}
