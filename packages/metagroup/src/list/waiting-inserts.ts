import {
  compareMemberships,
  daemonOf,
  type Instant,
  type MembershipId,
  NEVER,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Shared } from '../shared.js';
import type { Insert } from './next-list.js';

/**
 * Who asked a leader to be inserted and is in no list yet, in the order in which they first asked, one
 * membership per node: the newest.
 *
 * A joiner that gives up says so, but that may be lost, and its daemon may die; then nothing speaks of
 * it any more. So an INSERT holds for some time only. Whoever still wants to be in repeats it.
 */
export class WaitingInserts {
  readonly #shared: Shared;
  readonly #byNode = new Map<NodeName, WaitingInsert>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  add(id: MembershipId, address: string): void {
    const node = nodeOf(daemonOf(id));
    const known = this.#byNode.get(node);
    if (known !== undefined && compareMemberships(id, known.id) < 0) return;
    if (known === undefined && this.#byNode.size >= INSERTS_MAX) return;
    this.#byNode.set(node, { id, address, askedAt: this.#shared.now });
  }

  /** The newest accepted list: who is in it, or was superseded by somebody in it, waits no more. */
  settle(entry: Entry): void {
    for (const { id } of entry.members) {
      const node = nodeOf(daemonOf(id));
      const waiting = this.#byNode.get(node);
      if (waiting !== undefined && compareMemberships(waiting.id, id) <= 0) {
        this.#byNode.delete(node);
      }
    }
  }

  /** Forgets who will not come; called at the end of every step. */
  forget(): void {
    const shared = this.#shared;
    for (const [node, { id, askedAt }] of this.#byNode) {
      const isOver =
        shared.isGone(id) || shared.wasRemoved(id) || shared.now >= askedAt + this.#keptFor;
      if (isOver) this.#byNode.delete(node);
    }
  }

  /** Those who can be inserted now. */
  present(): readonly Insert[] {
    return [...this.#byNode.values()].filter(({ id }) => !this.#shared.isSuspected(id));
  }

  /** When the next one has waited too long without asking again. */
  deadline(): Instant {
    let earliest = NEVER;
    for (const { askedAt } of this.#byNode.values()) {
      earliest = Math.min(earliest, askedAt + this.#keptFor);
    }
    return earliest;
  }

  get #keptFor(): number {
    return INTERVALS_KEPT * this.#shared.options.retryMs;
  }
}

/** Nodes that wait to be inserted, at most. */
const INSERTS_MAX = 1024;
/** A joiner repeats its INSERT at this many intervals at most, even if it asks who leads in between. */
const INTERVALS_KEPT = 8;

interface WaitingInsert extends Insert {
  readonly askedAt: Instant;
}
