import { type Instant, type MembershipId, NEVER, Queue } from '@group-services/core';
import type {
  Attributes,
  Labels,
  ListedDeparture,
  ListedProvider,
  PartialAttributes,
  Proposal,
  RequestRef,
  SourceMark,
} from '@group-services/wire';
import type { GroupState } from '../replica/group-state.js';
import { batches, batchRoom, type Collected, isCollected } from './batch-window.js';

/**
 * What waits at the leader, and what comes next (`external-layer.md` §§3.9, 3.10; M26, M27):
 * all failures before any join (rule R3), all joins before anything else; within a class the order of
 * arrival. What is batched is held back until its window is over, and with it all that comes after it.
 *
 * Its length is bounded by what origins may have open at a time.
 */
export class Selection {
  readonly #failures = new Queue<FailureItem>();
  /** Provider numbers that wait for their failure leave. */
  readonly #failing = new Map<number, FailureItem>();
  /** Leaves that arrived while departures were batched. */
  readonly #leaves = new Queue<LeaveItem>();
  readonly #joins = new Queue<JoinItem>();
  readonly #others = new Queue<OtherItem>();

  get length(): number {
    return this.#failures.length + this.#leaves.length + this.#joins.length + this.#others.length;
  }

  isFailing(no: number): boolean {
    return this.#failing.has(no);
  }

  /** What waits to remove this provider. */
  failureOf(no: number): FailureItem | undefined {
    return this.#failing.get(no);
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

  /** Who waits to be cast out and fails meanwhile is removed for that; false when it does not wait. */
  failsInstead(departure: ListedDeparture): boolean {
    const item = this.#failing.get(departure.no);
    if (item === undefined || !isCastOut(item, departure.no)) return false;
    item.departures = item.departures.map((it) => (it.no === departure.no ? departure : it));
    return true;
  }

  addLeave(item: LeaveItem): void {
    this.#leaves.push(item);
  }

  /** Whether a join has to wait until its failed namesake is removed (rule R2). */
  isHeld(item: JoinItem, state: GroupState): boolean {
    return !isFree(this, item, state);
  }

  addJoin(item: JoinItem): void {
    this.#joins.push(item);
  }

  addOther(item: OtherItem): void {
    this.#others.push(item);
  }

  /**
   * Takes the next items out; undefined when nothing can run now. While some process has too much
   * unread (`pressed`), the third class waits.
   */
  next(state: GroupState, now: Instant, pressed = false): Selected | undefined {
    const { attributes } = state;
    if (this.#failures.length + this.#leaves.length > 0) {
      return this.#isCollecting(this.#firstDeparture(), attributes, now)
        ? undefined
        : this.#departures(batches(attributes, 'departures'));
    }
    const join = this.#firstFree(state);
    if (join === undefined) {
      const item = pressed ? undefined : this.#others.shift();
      return item === undefined ? undefined : { class: 'other', item };
    }
    if (!joinsAreBatched(state)) {
      return { class: 'joins', items: this.#takeJoin(join) };
    }
    if (!isCollected(join, attributes, now)) return undefined;
    const hasRoom = batchRoom();
    const items = this.#joins.removeAll((item) => isFree(this, item, state) && hasRoom());
    return { class: 'joins', items };
  }

  /** When a window that is open now will be over; what is not batched waits for no time. */
  deadline(state: GroupState): Instant {
    const { attributes } = state;
    const departure = this.#firstDeparture();
    const first = departure ?? (joinsAreBatched(state) ? this.#firstFree(state) : undefined);
    return first === undefined ? NEVER : first.at + attributes.batchWindow;
  }

  #firstDeparture(): Collected | undefined {
    const failure = this.#failures.peek();
    const leave = this.#leaves.peek();
    if (failure === undefined || leave === undefined) return failure ?? leave;
    return failure.at <= leave.at ? failure : leave;
  }

  #isCollecting(first: Collected | undefined, attributes: Attributes, now: Instant): boolean {
    if (first === undefined || !batches(attributes, 'departures')) return false;
    return !isCollected(first, attributes, now);
  }

  #departures(all: boolean): Selected {
    if (!all) {
      const failure = this.#failures.shift();
      const leave = failure === undefined ? this.#leaves.shift() : undefined;
      return this.#taken(
        failure === undefined ? [] : [failure],
        leave === undefined ? [] : [leave],
      );
    }
    const hasRoom = batchRoom();
    const failures = this.#failures.removeAll(({ departures }) => hasRoom(departures.length));
    // A second leave of one provider is a proposal of its own.
    const leaving = new Set<number>();
    const leaves = this.#leaves.removeAll(({ proposal: { proposer } }) => {
      if (leaving.has(proposer) || !hasRoom()) return false;
      leaving.add(proposer);
      return true;
    });
    return this.#taken(failures, leaves);
  }

  #taken(failures: readonly FailureItem[], leaves: readonly LeaveItem[]): Selected {
    for (const { departures } of failures) {
      for (const { no } of departures) this.#failing.delete(no);
    }
    return { class: 'departures', failures, leaves };
  }

  #takeJoin(join: JoinItem): readonly JoinItem[] {
    if (this.#joins.peek() !== join) return this.#joins.removeAll((item) => item === join);
    this.#joins.shift();
    return [join];
  }

  #firstFree(state: GroupState): JoinItem | undefined {
    for (const item of this.#joins) if (isFree(this, item, state)) return item;
    return undefined;
  }

  /** Takes back a join or proposal that has not started; false when there is none. */
  withdraw(origin: MembershipId, n: number): boolean {
    const isTarget = ({ ref }: Referring): boolean => ref.origin === origin && ref.n === n;
    return [this.#joins, this.#leaves, this.#others].some(
      (queue) => queue.removeAll(isTarget).length > 0,
    );
  }

  /** Takes out the whole third class: one of them was chosen, and the group drops the rest. */
  takeOthers(): readonly OtherItem[] {
    return this.#others.removeAll(() => true);
  }

  /** Requests of memberships that are gone are never answered; failures stay. */
  retain(members: ReadonlySet<MembershipId>): void {
    const isGone = ({ ref }: Referring): boolean => !members.has(ref.origin);
    for (const queue of [this.#joins, this.#leaves, this.#others]) queue.removeAll(isGone);
    for (const item of this.#failures) {
      item.requests = item.requests.filter(({ origin }) => members.has(origin));
    }
  }
}

/** Providers to be removed by one failure leave, and the requests that this answers. */
export interface FailureItem extends Collected {
  departures: readonly ListedDeparture[];
  requests: RequestRef[];
  /** What of the group's source it follows. */
  readonly source?: SourceMark | undefined;
}

/** Whether it removes this provider because its node has lost the source: its process lives, and votes. */
export function isCastOut({ departures }: Pick<FailureItem, 'departures'>, no: number): boolean {
  return departures.some((departure) => departure.no === no && departure.reason === 'cast-out');
}

export interface JoinItem extends Collected {
  readonly ref: RequestRef;
  readonly provider: string;
  readonly attributes: PartialAttributes;
  readonly labels?: Labels | undefined;
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

/** A voluntary leave that is collected with failures. */
export interface LeaveItem extends Collected {
  readonly ref: RequestRef;
  readonly proposal: Extract<Proposal, { readonly kind: 'leave' | 'expel' }>;
}

export type Selected =
  | {
      readonly class: 'departures';
      readonly failures: readonly FailureItem[];
      readonly leaves: readonly LeaveItem[];
    }
  | { readonly class: 'joins'; readonly items: readonly JoinItem[] }
  | { readonly class: 'other'; readonly item: OtherItem };

interface Referring {
  readonly ref: RequestRef;
}

/** A join that begins a life of the group runs alone: the others are compared with its attributes. */
function joinsAreBatched({ attributes, providers }: GroupState): boolean {
  return providers.length > 0 && batches(attributes, 'joins');
}

/**
 * A join with the id of a failed provider is held until that one is removed (rule R2). A provider
 * of another membership of the same node has failed, whether or not its failure is known here yet.
 */
function isFree(selection: Selection, { provider, ref }: JoinItem, { byId }: GroupState): boolean {
  const listed: ListedProvider | undefined = byId.get(provider);
  if (listed === undefined) return true;
  return listed.daemon === ref.origin && !selection.isFailing(listed.no);
}
