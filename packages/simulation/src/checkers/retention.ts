import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Nobody discards what some current member has not received.
 *
 * What a member has is what it delivered or said that it holds; for a member that has no state yet,
 * everything up to the view that added it, or up to that of the last change of leader, since its
 * state is taken there.
 */
export class Retention implements Checker {
  readonly name = 'retention';
  /** The newest entry that the name server accepted, per generation. */
  readonly #entries = new Map<number, Entry>();
  readonly #accepted = new Map<string, Entry>();
  /** Versions whose VIEW has its place. */
  readonly #views = new Set<string>();
  /** The highest version in which a message was placed, per generation. */
  readonly #newest = new Map<number, number>();
  /** By generation and membership: a joiner whose generation is lost may be first in the next. */
  readonly #based = new Set<string>();
  readonly #holds = new Map<string, number>();

  entry(entry: Entry): void {
    this.#accepted.set(`${entry.generation}/${entry.version}`, entry);
    const known = this.#entries.get(entry.generation);
    // A name server without a disk may have lost the first of this version before anybody heard of it.
    if (known === undefined || known.version <= entry.version) {
      this.#entries.set(entry.generation, entry);
    }
  }

  internal({ fact, generation, membership }: InternalEvent): void {
    const holder = holderOf(generation, membership);
    switch (fact.kind) {
      case 'based':
        this.#based.add(holder);
        this.#hold(holder, fact.position);
        return;
      case 'placed':
        this.#placed(generation, fact.version, fact.seq);
        this.#hold(holder, fact.seq);
        return;
      case 'delivered':
        this.#hold(holder, fact.seq);
        return;
      case 'holds':
        this.#hold(holder, fact.contiguous);
        return;
      case 'discarded':
        this.#discarded(generation, membership, fact.upTo);
        return;
      default:
    }
  }

  /**
   * The first message of a version is its VIEW. A member without a state that it adds, or that lives
   * through a change of leader in it, gets its state there.
   */
  #placed(generation: number, version: number, seq: number): void {
    const key = `${generation}/${version}`;
    if (this.#views.has(key)) return;
    this.#views.add(key);
    // A leader that was deposed without knowing it places its view late: it counts for nobody.
    if (version < (this.#newest.get(generation) ?? 0)) return;
    this.#newest.set(generation, version);
    const entry = this.#accepted.get(key);
    for (const member of entry?.members ?? []) {
      const holder = holderOf(generation, member.id);
      if (member.joinVersion === version) {
        // Added, or added again after its removal: what it had then no longer counts.
        this.#based.delete(holder);
        this.#holds.set(holder, seq);
      } else if (entry?.since === version && !this.#based.has(holder)) {
        this.#hold(holder, seq);
      }
    }
  }

  #hold(holder: string, upTo: number): void {
    if ((this.#holds.get(holder) ?? 0) < upTo) this.#holds.set(holder, upTo);
  }

  #discarded(generation: number, membership: MembershipId, upTo: number): void {
    const entry = this.#entries.get(generation);
    if (!entry?.members.some((member) => member.id === membership)) return;
    for (const member of entry.members) {
      // Its VIEW has no place yet: it will get the state there, and lacks nothing before.
      if (!this.#views.has(`${generation}/${member.joinVersion}`)) continue;
      const holds = this.#holds.get(holderOf(generation, member.id));
      if (holds === undefined || holds >= upTo) continue;
      const text = `${membership} discards up to ${generation}/${upTo}`;
      throw new Violation(this.name, `${text}, but ${member.id} has no more than ${holds}`);
    }
  }
}

function holderOf(generation: number, membership: MembershipId): string {
  return `${generation}/${membership}`;
}
