import type { MembershipId } from '@group-services/core';
import type { Acknowledgement, Entry } from '@group-services/wire';
import type { Shared } from '../shared.js';

/** Members of a group in which they tell each other what they have (ADR 0050), ourselves included. */
const SMALL_GROUP = 8;

/** Whether the members of this list acknowledge safe messages to each other and not to the leader alone. */
export function tellEachOther({ members }: Entry): boolean {
  return members.length <= SMALL_GROUP;
}

/**
 * The short way to safe delivery: in a small group members acknowledge safe messages to each other too,
 * and who has the acknowledgements of all others knows as much as the leader, a hop sooner
 * (`internal-layer.md` §3, Stability).
 *
 * What counts are the members of the view delivered last, in the term of the leader that we obey; the
 * leader has what it has placed. A view, and what is behind it, waits for the leader's word: its members
 * may be others, and who sends a joiner the state of that moment must still have it. Where anything is
 * missing that word comes a little later and says the same.
 */
export class MutualStability {
  readonly #shared: Shared;
  /** How far each of the others has everything, in the term that we are in. */
  readonly #has = new Map<MembershipId, number>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** Another leader, or another term: everybody is heard anew. */
  newTerm(): void {
    this.#has.clear();
  }

  /**
   * Another member says how far it has everything. Only versions of our leader's own term count: who has
   * promised another one may have something else in the same place.
   */
  heard(from: MembershipId, ack: Acknowledgement): void {
    const { footing, installed, isolated, status } = this.#shared;
    if (status !== 'member' || isolated || footing.frozen !== 0) return;
    if (ack.version < footing.since || ack.version > footing.promised) return;
    const listed = installed?.members.find(({ id }) => id === from);
    if (listed === undefined || listed.joinVersion !== ack.joinVersion) return;
    if (this.#has.size >= REMEMBERED_MAX && !this.#has.has(from)) this.#has.clear();
    if (ack.contiguous > (this.#has.get(from) ?? 0)) this.#has.set(from, ack.contiguous);
  }

  /** Moves `stable` as far as what was heard allows; whether it has moved. */
  advance(): boolean {
    const shared = this.#shared;
    const { footing, installed, log } = shared;
    if (installed === undefined || footing.frozen !== 0 || !tellEachOther(installed)) return false;
    if (footing.leader === undefined || footing.leader === shared.self) return false;
    let upTo = log.contiguous;
    for (const { id } of installed.members) {
      if (id === shared.self || id === footing.leader) continue;
      upTo = Math.min(upTo, this.#has.get(id) ?? 0);
    }
    if (upTo <= shared.stable) return false;
    const stable = this.#beforeNextView(upTo);
    if (stable <= shared.stable) return false;
    shared.stable = stable;
    shared.branch('stable-by-members');
    return true;
  }

  #beforeNextView(upTo: number): number {
    const { delivered, log } = this.#shared;
    for (let seq = delivered + 1; seq <= upTo; seq += 1) {
      if (log.get(seq)?.view === true) return seq - 1;
    }
    return upTo;
  }
}

/** Members that are listed no more are forgotten when there are so many. */
const REMEMBERED_MAX = 8 * SMALL_GROUP;
