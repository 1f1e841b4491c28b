import type { Profile } from '../profile.js';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

interface Sequencing {
  current: number;
  /** Generations that were given up for another one, and how often they came back. */
  readonly returns: Map<number, number>;
}

/**
 * Policy `suspend`: never do two generations of a group place messages at once. What was given up for
 * another generation places nothing more; a name server that has lost its table may fall back to an
 * older one, once it is certain that the newer stands still.
 */
export class OneGeneration implements Checker {
  readonly name = 'one-generation';
  readonly #returnsMax: number;
  readonly #groups = new Map<string, Sequencing>();

  constructor({ store }: Pick<Profile, 'store'>) {
    this.#returnsMax = store === 'file' ? 0 : 1;
  }

  internal({ at, fact, group, generation, membership }: InternalEvent): void {
    if (fact.kind !== 'placed') return;
    const known = this.#groups.get(group);
    if (known === undefined) {
      this.#groups.set(group, { current: generation, returns: new Map() });
      return;
    }
    if (known.current === generation) return;
    const returns = known.returns.get(generation) ?? 0;
    if (returns > this.#returnsMax) {
      const what = `${membership} places a message of ${generation} at ${at}`;
      throw new Violation(this.name, `${what}, when ${known.current} has taken its place`);
    }
    known.returns.set(known.current, (known.returns.get(known.current) ?? 0) + 1);
    known.current = generation;
  }
}
