import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Profile } from '../profile.js';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

interface Sequencing {
  current: number;
  /** The newest list of each generation. */
  readonly entries: Map<number, Entry>;
  /** Generations that were given up for another one, and how often they came back. */
  readonly returns: Map<number, number>;
}

/**
 * Policy `suspend`: never do two generations of a group place messages at once. What was given up for
 * another generation places nothing more; a name server that has lost its table may fall back to an
 * older one, once it is certain that the newer stands still.
 *
 * A leader that was removed while it stood still, in an arbitration, does not know it yet, and its
 * generation may have come to its proper end since: nobody takes what it places.
 */
export class OneGeneration implements Checker {
  readonly name = 'one-generation';
  readonly #returnsMax: number;
  readonly #groups = new Map<string, Sequencing>();

  constructor({ store }: Pick<Profile, 'store'>) {
    this.#returnsMax = store === 'file' ? 0 : 1;
  }

  internal({ at, fact, group, generation, membership }: InternalEvent): void {
    const known = this.#sequencing(group, generation);
    if (fact.kind === 'installed') {
      const newest = known.entries.get(generation);
      if (newest === undefined || newest.version < fact.entry.version) {
        known.entries.set(generation, fact.entry);
      }
      return;
    }
    if (fact.kind !== 'placed' || known.current === generation) return;
    if (isDeposed(known.entries.get(generation), membership, fact.version)) return;
    const returns = known.returns.get(generation) ?? 0;
    if (returns > this.#returnsMax) {
      const what = `${membership} places a message of ${generation} at ${at}`;
      throw new Violation(this.name, `${what}, when ${known.current} has taken its place`);
    }
    known.returns.set(known.current, (known.returns.get(known.current) ?? 0) + 1);
    known.current = generation;
  }

  #sequencing(group: string, generation: number): Sequencing {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const first = { current: generation, entries: new Map(), returns: new Map() };
    this.#groups.set(group, first);
    return first;
  }
}

function isDeposed(newest: Entry | undefined, membership: MembershipId, version: number): boolean {
  if (newest === undefined || newest.version <= version) return false;
  return !newest.members.some(({ id }) => id === membership);
}
