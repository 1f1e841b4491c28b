import type { Instant, MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Profile } from '../profile/profile.js';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Policy `suspend`, and ephemeral daemons under any: never do two generations of a group place
 * messages at once. What was given up for
 * another generation places nothing more; a name server that has lost its table may fall back to an
 * older one, once it is certain that the newer stands still.
 *
 * One exception follows from `internal-layer.md`. A leader that is removed in an arbitration may
 * have been paused for less than its lease: the fourth complaint removes it however fresh that is (§2).
 * Its generation may then come to its proper end, and the next one begin, before it goes on. It has had
 * contact within a lease, so `suspend` does not hold it, and it may place what it had in hand. Nobody
 * takes that (§8): its followers have promised a higher version, so it is never stable, and nothing safe
 * follows from it; what its own processes see of it is an agreed result that is lost with its daemon.
 *
 * But not for longer than a lease. A renewal that is answered after the removal tells it, so the last
 * one that prolonged its contact was sent before. A generation begun because of silence therefore never
 * meets it: that takes longer than a lease after the last sign of life of those who removed it.
 */
export class OneGeneration implements Checker {
  readonly name = 'one-generation';
  readonly #returnsMax: number;
  /** A lease by the slowest clock there may be. */
  readonly #leaseMs: number;
  readonly #groups = new Map<string, Sequencing>();

  constructor({ store, timing, faults }: Pick<Profile, 'store' | 'timing' | 'faults'>) {
    this.#returnsMax = store === 'file' && faults.storeChange === undefined ? 0 : 1;
    this.#leaseMs = timing.leaseMs / (1 - timing.clockDrift);
  }

  internal(event: InternalEvent): void {
    const { at, fact, group, generation, membership } = event;
    const known = this.#sequencing(group, generation);
    if (fact.kind === 'installed') {
      const lists = known.lists.get(generation) ?? new Map<number, Installed>();
      known.lists.set(generation, lists);
      const { entry } = fact;
      if (!lists.has(entry.version)) lists.set(entry.version, { entry, at });
      return;
    }
    if (fact.kind !== 'placed' || known.current === generation) return;
    const removedAt = removal(known.lists.get(generation), membership, fact.version);
    if (at <= removedAt + this.#leaseMs) return;
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
    const first = { current: generation, lists: new Map(), returns: new Map() };
    this.#groups.set(group, first);
    return first;
  }
}

/** A list, and when the first one installed it: not before the name server had accepted it. */
interface Installed {
  readonly entry: Entry;
  readonly at: Instant;
}

interface Sequencing {
  current: number;
  /** The lists of each generation, by version. */
  readonly lists: Map<number, Map<number, Installed>>;
  /** Generations that were given up for another one, and how often they came back. */
  readonly returns: Map<number, number>;
}

/** When the first list after this version was installed that is without the membership. */
function removal(
  lists: ReadonlyMap<number, Installed> | undefined,
  membership: MembershipId,
  version: number,
): Instant {
  let first = Number.NEGATIVE_INFINITY;
  for (const { entry, at } of lists?.values() ?? []) {
    if (entry.version <= version || entry.members.some(({ id }) => id === membership)) continue;
    first = first === Number.NEGATIVE_INFINITY ? at : Math.min(first, at);
  }
  return first;
}
