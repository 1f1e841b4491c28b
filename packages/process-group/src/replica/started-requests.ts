import type { MembershipId } from '@group-services/core';
import type { GroupSnapshot, RequestRef } from '@group-services/wire';

/**
 * Which requests of each daemon have become protocols (`external-layer.md` §3.4).
 *
 * Replicated, so that a new leader, to whom every daemon sends its open requests again, runs each
 * exactly once. A set and not a high-water mark: priorities let requests start out of order. It stays
 * small because every START names its origin's lowest open request.
 */
export class StartedRequests {
  readonly #byOrigin = new Map<MembershipId, Started>();

  static fromSnapshot(snapshot: StartedSnapshot): StartedRequests {
    const started = new StartedRequests();
    for (const { origin, upTo, ahead } of snapshot) {
      const entries = ahead.map(({ n, proposer }) => [n, proposer] as const);
      started.#byOrigin.set(origin, { upTo, ahead: new Map(entries) });
    }
    return started;
  }

  has(origin: MembershipId, n: number): boolean {
    const known = this.#byOrigin.get(origin);
    return known !== undefined && (n <= known.upTo || known.ahead.has(n));
  }

  /** Whether a later proposal of the same provider has started. */
  hasLater(origin: MembershipId, n: number, proposer: number): boolean {
    for (const [other, by] of this.#byOrigin.get(origin)?.ahead ?? []) {
      if (other > n && by === proposer) return true;
    }
    return false;
  }

  addAll(requests: readonly RequestRef[], proposer = NOBODY): void {
    for (const { origin, n, low } of requests) this.add(origin, n, low, proposer);
  }

  /** Request `n` has started; `low` was its origin's lowest open one when `n` was sent. */
  add(origin: MembershipId, n: number, low: number, proposer = NOBODY): void {
    let known = this.#byOrigin.get(origin);
    if (known === undefined) {
      known = { upTo: 0, ahead: new Map() };
      this.#byOrigin.set(origin, known);
    }
    if (low - 1 > known.upTo) advance(known, low - 1);
    if (n === known.upTo + 1) known.upTo = n;
    else if (n > known.upTo) known.ahead.set(n, proposer);
    while (known.ahead.size > 0 && known.ahead.delete(known.upTo + 1)) known.upTo += 1;
  }

  /** A membership that is gone never sends again. */
  retain(members: ReadonlySet<MembershipId>): void {
    for (const origin of this.#byOrigin.keys()) {
      if (!members.has(origin)) this.#byOrigin.delete(origin);
    }
  }

  copy(): StartedRequests {
    return StartedRequests.fromSnapshot(this.toSnapshot());
  }

  toSnapshot(): StartedSnapshot {
    return [...this.#byOrigin]
      .map(([origin, { upTo, ahead }]) => ({
        origin,
        upTo,
        ahead: [...ahead].map(([n, proposer]) => ({ n, proposer })).sort((a, b) => a.n - b.n),
      }))
      .sort((a, b) => (a.origin < b.origin ? -1 : 1));
  }
}

type StartedSnapshot = GroupSnapshot['started'];

/** Everything up to `upTo` is started or answered, and so is what stands in `ahead`, with its proposer. */
interface Started {
  upTo: number;
  readonly ahead: Map<number, number>;
}

/** No single provider has proposed it. */
const NOBODY = 0;

function advance(started: Started, upTo: number): void {
  started.upTo = upTo;
  for (const n of started.ahead.keys()) if (n <= upTo) started.ahead.delete(n);
}
