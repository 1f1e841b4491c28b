import type { MembershipId, PendingBody } from '@group-services/core';
import {
  type AnnounceBody,
  type BundleBody,
  decodeOrdered,
  type ListedProvider,
  type MessageBody,
  type OrderedBody,
  type ResultBody,
  type RiderBody,
  type StartBody,
} from '@group-services/wire';
import {
  applyResult,
  applyRider,
  applyStart,
  EMPTY_STATE,
  type GroupState,
} from './group-state.js';
import { StartedRequests } from './started-requests.js';
import { type Ailment, Unwell } from './unwell.js';

/**
 * One copy of the replicated data: the group's state and the started requests. A daemon has one that
 * follows what is delivered; the leader has a second one that is ahead by what it has placed.
 */
export class Replica {
  #state: GroupState;
  readonly #started: StartedRequests;
  readonly #unwell = new Unwell();
  /** By how much positions are ahead of the numbers of the stream. */
  #surplus: number;

  constructor(state: GroupState = EMPTY_STATE, started = new StartedRequests(), surplus = 0) {
    this.#state = state;
    this.#started = started;
    this.#surplus = surplus;
  }

  get state(): GroupState {
    return this.#state;
  }

  get started(): StartedRequests {
    return this.#started;
  }

  /** What was announced of a provider and not taken back, since this daemon came; undefined: nothing. */
  ailmentOf(provider: number): Ailment | undefined {
    return this.#unwell.of(provider);
  }

  get surplus(): number {
    return this.#surplus;
  }

  /**
   * The position of what has this number in the stream, all that stands before it having been applied: a
   * bundle takes one for each of its messages (ADR 0027).
   */
  positionOf(number: number): number {
    return number + this.#surplus;
  }

  copy(): Replica {
    return new Replica(this.#state, this.#started.copy(), this.#surplus);
  }

  apply(body: OrderedBody, position: number): void {
    switch (body.kind) {
      case 'message':
      case 'bundle':
        this.applyMessage(body);
        return;
      case 'start':
        return this.applyStart(body, position);
      case 'rider':
        return this.applyRider(body);
      case 'result':
        return this.applyResult(body, position);
      case 'announce':
        return this.applyAnnounce(body);
    }
  }

  applyStart(start: StartBody, position: number): void {
    this.#started.addAll(start.requests, this.#proposerOf(start));
    this.#state = applyStart(this.#state, start, position);
  }

  /**
   * The number of the provider whose proposals start in the order of its requests; undefined: there is
   * none, or several, or it leaves, which may come before what it has proposed (`client-api.md`).
   */
  #proposerOf({ protocol, proposer }: StartBody): number | undefined {
    if (proposer === undefined || protocol === 'leave') return undefined;
    return this.#state.byId.get(proposer)?.no;
  }

  applyRider(rider: RiderBody): void {
    this.#state = applyRider(this.#state, rider);
  }

  applyResult(result: ResultBody, position: number): void {
    this.#state = applyResult(this.#state, result, position);
  }

  applyAnnounce({ requests, code, providers }: AnnounceBody): void {
    this.#started.addAll(requests);
    this.#unwell.announced(code, providers, this.#state.providers);
  }

  /** The leader learns the position of the START that it placed. */
  located(protocol: number): void {
    const { running } = this.#state;
    if (running?.protocol === 0)
      this.#state = { ...this.#state, running: { ...running, protocol } };
  }

  /** Messages of a provider change nothing but the started set; the result is their sender. */
  applyMessage(body: MessageBody | BundleBody): ListedProvider | undefined {
    if (body.kind === 'bundle') this.#surplus += body.count - 1;
    const proposer = this.#state.byNo.get(body.proposer);
    if (proposer === undefined) return undefined;
    this.#started.add(proposer.daemon, body.n, body.low, body.proposer);
    return proposer;
  }

  retain(members: ReadonlySet<MembershipId>): void {
    this.#started.retain(members);
  }
}

/**
 * What a new leader starts from: everything delivered here and what is in the stream behind it. Bodies
 * that cannot be read change nothing, here as at delivery.
 */
export function placedReplica(delivered: Replica, pending: readonly PendingBody[]): Replica {
  const placed = delivered.copy();
  for (const { body, position } of pending) {
    const decoded = decodeOrdered(body);
    if (decoded.ok) placed.apply(decoded.value, placed.positionOf(position));
  }
  return placed;
}
