import type { MembershipId } from '@group-services/core';
import type {
  ListedDeparture,
  ListedProvider,
  PartialAttributes,
  Proposal,
  RequestRef,
} from '@group-services/wire';
import type { GroupState } from './group-state.js';
import { Queue } from './queue.js';

/** Providers to be removed by one failure leave, and the requests that this answers. */
export interface FailureItem {
  readonly departures: readonly ListedDeparture[];
  requests: RequestRef[];
}

export interface JoinItem {
  readonly ref: RequestRef;
  readonly provider: string;
  readonly attributes: PartialAttributes;
}

/** What providers propose: everything of the third class, and departures that are batched. */
export type ProviderProposal = Exclude<
  Proposal,
  { readonly kind: 'join' | 'down' | 'withdraw' | 'votes' | 'report' }
>;

/** A proposal of the third class; `body` is the request as it came. */
export interface OtherItem {
  readonly ref: RequestRef;
  readonly proposal: ProviderProposal;
  readonly body: Uint8Array;
}

export type Selected =
  | { readonly class: 'failure'; readonly item: FailureItem }
  | { readonly class: 'join'; readonly item: JoinItem }
  | { readonly class: 'other'; readonly item: OtherItem };

/**
 * What waits at the leader, and what comes next (`process-group-protocol.md` §3.9, M26): all failures
 * before any join (rule R3), all joins before anything else; within a class the order of arrival.
 *
 * Its length is bounded by what origins may have open at a time.
 */
export class Selection {
  readonly #failures = new Queue<FailureItem>();
  /** Provider numbers that wait for their failure leave. */
  readonly #failing = new Map<number, FailureItem>();
  readonly #joins = new Queue<JoinItem>();
  readonly #others = new Queue<OtherItem>();

  get length(): number {
    return this.#failures.length + this.#joins.length + this.#others.length;
  }

  isFailing(no: number): boolean {
    return this.#failing.has(no);
  }

  addFailure(item: FailureItem): void {
    this.#failures.push(item);
    for (const { no } of item.departures) this.#failing.set(no, item);
  }

  /**
   * A request about providers that all wait already: the last of their failure leaves answers it.
   * False when none of them waits.
   */
  addToFailures(departures: readonly ListedDeparture[], ref: RequestRef): boolean {
    const theirs = new Set(departures.map(({ no }) => this.#failing.get(no)));
    const last = [...this.#failures].filter((item) => theirs.has(item)).at(-1);
    if (last === undefined) return false;
    last.requests = [...last.requests, ref];
    return true;
  }

  addJoin(item: JoinItem): void {
    this.#joins.push(item);
  }

  addOther(item: OtherItem): void {
    this.#others.push(item);
  }

  /** Takes the next item out; undefined when nothing can run now. */
  next(state: GroupState): Selected | undefined {
    const failure = this.#failures.shift();
    if (failure !== undefined) {
      for (const { no } of failure.departures) this.#failing.delete(no);
      return { class: 'failure', item: failure };
    }
    const join = this.#nextJoin(state);
    if (join !== undefined) return { class: 'join', item: join };
    const other = this.#others.shift();
    return other === undefined ? undefined : { class: 'other', item: other };
  }

  /**
   * A join with the id of a failed provider is held until that one is removed (rule R2). A provider
   * of another membership of the same node has failed, whether or not its failure is known here yet.
   */
  #nextJoin(state: GroupState): JoinItem | undefined {
    const first = this.#joins.peek();
    if (first === undefined) return undefined;
    const isFree = ({ provider, ref }: JoinItem): boolean => {
      const listed = state.byId.get(provider);
      return listed === undefined || !this.#hasFailed(listed, ref.origin);
    };
    if (isFree(first)) return this.#joins.shift();
    for (const item of this.#joins) {
      if (isFree(item)) return this.#joins.removeAll((other) => other === item)[0];
    }
    return undefined;
  }

  #hasFailed(listed: ListedProvider, origin: MembershipId): boolean {
    return listed.daemon !== origin || this.#failing.has(listed.no);
  }

  /** Takes back a join or proposal that has not started; false when there is none. */
  withdraw(origin: MembershipId, n: number): boolean {
    const isTarget = ({ ref }: { readonly ref: RequestRef }): boolean =>
      ref.origin === origin && ref.n === n;
    return (
      this.#joins.removeAll(isTarget).length > 0 || this.#others.removeAll(isTarget).length > 0
    );
  }

  /** Takes out the whole third class: one of them was chosen, and the group drops the rest. */
  takeOthers(): readonly OtherItem[] {
    return this.#others.removeAll(() => true);
  }

  /** Requests of memberships that are gone are never answered; failures stay. */
  retain(members: ReadonlySet<MembershipId>): void {
    const isGone = ({ ref }: { readonly ref: RequestRef }): boolean => !members.has(ref.origin);
    this.#joins.removeAll(isGone);
    this.#others.removeAll(isGone);
    for (const item of this.#failures) {
      item.requests = item.requests.filter(({ origin }) => members.has(origin));
    }
  }
}
