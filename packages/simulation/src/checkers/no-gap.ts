import type { MembershipId } from '@group-services/core';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Deliveries are contiguous from the place of the state on; each (origin, counter) comes at most
 * once and in counter order (no-gap, no-duplicate).
 */
export class NoGap implements Checker {
  readonly name = 'no-gap';
  readonly #progress = new Map<MembershipId, Progress>();

  internal({ fact, membership }: InternalEvent): void {
    if (fact.kind === 'based') {
      if (this.#progress.has(membership)) {
        throw new Violation(this.name, `${membership} gets a second state`);
      }
      const fromStart = fact.position === 0;
      this.#progress.set(membership, { last: fact.position, fromStart, counters: new Map() });
    }
    if (fact.kind !== 'delivered') return;
    const progress = this.#progress.get(membership);
    if (progress === undefined) {
      throw new Violation(this.name, `${membership} delivers ${fact.seq} without a state`);
    }
    if (fact.seq !== progress.last + 1) {
      throw new Violation(this.name, `${membership} delivers ${fact.seq} after ${progress.last}`);
    }
    progress.last = fact.seq;
    // What a leader places of its own accord was never submitted and has no counter.
    if (!fact.view && fact.counter > 0) this.#count(membership, progress, fact);
  }

  #count(
    membership: MembershipId,
    progress: Progress,
    { seq, origin, counter }: { seq: number; origin: MembershipId; counter: number },
  ): void {
    const before = progress.counters.get(origin) ?? (progress.fromStart ? 0 : undefined);
    if (before !== undefined && counter !== before + 1) {
      const text = `${membership} delivers ${origin}#${counter} at ${seq} after #${before}`;
      throw new Violation('no-duplicate', text);
    }
    progress.counters.set(origin, counter);
  }
}

interface Progress {
  last: number;
  /** The stream was followed from its very beginning, so that every counter is known. */
  readonly fromStart: boolean;
  readonly counters: Map<MembershipId, number>;
}
