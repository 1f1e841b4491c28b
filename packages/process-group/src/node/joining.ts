import {
  daemonOf,
  type GroupName,
  type Instant,
  incarnationOf,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import {
  encodeProposal,
  type LeaveReason,
  type ListedProvider,
  type Refusal,
  type ReplyBody,
} from '@group-services/wire';
import type { ClientInput } from '../inputs.js';
import type { Shared } from '../shared.js';
import {
  aborted,
  abortedAfterStart,
  joinRefusal,
  joinTimedOut,
  NOT_AUTHORIZED,
} from './refusals.js';
import type { OwnRequests } from './requests.js';
import type { Sources } from './sources.js';
import type { WaitingJoin, Withdrawal } from './waiting-join.js';

/**
 * Joins of local processes (`external-layer.md` §3.12): sent when this daemon is in the
 * processor group, sent again in its next membership, ended by START, refusal, limit or withdrawal; if
 * the join is voted on, by its RESULT, and from START on there is no limit.
 *
 * A join that runs out of time or is withdrawn is given up at once while it is here. Of one that is at
 * the leader the leader's word decides: forgotten, so nothing has changed; or started already, which was
 * in time for the limit, and for the signal means goodbye at once. Without that word for `WORD_MS` its
 * process is answered all the same, and if the join starts after all, the new provider fails right after
 * it (rule R1).
 */
export class Joining {
  readonly #shared: Shared;
  readonly #requests: OwnRequests;
  readonly #sources: Sources;
  readonly #joins = new Set<WaitingJoin>();

  constructor(shared: Shared, requests: OwnRequests, sources: Sources) {
    this.#shared = shared;
    this.#requests = requests;
    this.#sources = sources;
  }

  /** The groups without which joins that wait here could not be sent. */
  get sourcesGiven(): readonly GroupName[] {
    if (this.#joins.size === 0) return [];
    const waiting = [...this.#joins].filter(({ n }) => n === 0);
    return waiting.flatMap(({ attributes }) => attributes.source ?? []);
  }

  /** Abandoned ones included: they still have a request to follow. */
  get count(): number {
    return this.#joins.size;
  }

  /** The same of one process. */
  countOf(client: number): number {
    let count = 0;
    for (const join of this.#joins) if (join.client === client) count += 1;
    return count;
  }

  /** Whether somebody here still wants to be a provider. */
  get isWanted(): boolean {
    for (const join of this.#joins) if (join.abandoned === undefined) return true;
    return false;
  }

  join(input: Extract<ClientInput, { readonly kind: 'join' }>): void {
    const { client, handle, request, instance, attributes, labels, timeoutMs } = input;
    const expiresAt = timeoutMs === 0 ? NEVER : this.#shared.now + timeoutMs;
    const base = { client, handle, request, instance, attributes, labels, timeoutMs, expiresAt };
    const state = { n: 0, listed: undefined, withdrawal: undefined, abandoned: undefined };
    this.#joins.add({ ...base, ...state, isWithdrawn: false });
    this.send();
  }

  /** Sends what is not sent, unless an earlier join of the same id is still being given up. */
  send(): void {
    const { membership, options, outbox } = this.#shared;
    if (membership === undefined || this.#joins.size === 0) return;
    for (const join of this.#joins) {
      if (join.n !== 0) continue;
      const hindrance = this.#sources.hindrance(join);
      if (hindrance === 'wait') continue;
      if (hindrance !== undefined) {
        this.#joins.delete(join);
        this.#refuse(join, hindrance);
        continue;
      }
      join.instance ??= instanceFor(membership.self, join);
      if (this.#isBeingGivenUp(join.instance)) continue;
      join.n = this.#requests.begin({ kind: 'join', join });
      const provider = `${options.node}/${join.instance}`;
      const low = this.#requests.low;
      const { attributes, labels } = join;
      const body = encodeProposal({ kind: 'join', low, provider, attributes, labels });
      outbox.emit({ kind: 'request', n: join.n, body });
    }
  }

  #isBeingGivenUp(instance: string): boolean {
    for (const join of this.#joins) {
      if (join.abandoned !== undefined && join.instance === instance) return true;
    }
    return false;
  }

  /** It is being voted on; one that nobody wants any more fails, which the leader keeps for later. */
  asked(join: WaitingJoin, listed: ListedProvider): void {
    hasStarted(join);
    if (join.abandoned === undefined) join.listed = listed;
    else this.#fail(join, listed, join.abandoned);
  }

  /** The joiner that votes under this number; undefined when there is none here. */
  voter(no: number): WaitingJoin | undefined {
    return this.#find(({ listed }) => listed?.no === no);
  }

  /** It is approved. False: nobody wants it any more, and its failure is on its way. */
  started(join: WaitingJoin, listed: ListedProvider): boolean {
    if (!this.#joins.delete(join)) return false;
    hasStarted(join);
    if (join.isWithdrawn) this.#refuse(join, abortedAfterStart());
    const abandoned = join.isWithdrawn ? GOODBYE : join.abandoned;
    if (abandoned === undefined) return true;
    this.#fail(join, listed, abandoned);
    return false;
  }

  /** It is voted down. False: its process is told nothing any more. */
  votedDown(join: WaitingJoin): boolean {
    return this.#joins.delete(join);
  }

  /** If it is in, or being voted on, its failure is what follows. */
  #fail(join: WaitingJoin, { no, id: provider }: ListedProvider, reason: Abandoned): void {
    this.#joins.delete(join);
    this.#requests.down([{ no, provider, ...reason }]);
    this.send();
  }

  refused(join: WaitingJoin, reply: ReplyBody): void {
    this.#joins.delete(join);
    if (join.abandoned !== undefined) return this.send();
    const withdrawn = reply.kind === 'withdrawn' ? join.withdrawal?.refusal : undefined;
    this.#refuse(join, withdrawn ?? joinRefusal(reply, join.instance ?? ''));
  }

  /** Withdraws the join with this number of the client's; false when there is none. */
  withdraw(client: number, target: number): boolean {
    const join = this.#find((it) => it.client === client && it.request === target);
    if (join === undefined) return false;
    if (join.listed === undefined) this.#takeBack(join, 'signal', aborted('the join'));
    else join.isWithdrawn = true;
    return true;
  }

  /** A goodbye before there is a provider withdraws the join. */
  goodbye(client: number, handle: number): void {
    const join = this.#find((it) => it.client === client && it.handle === handle);
    if (join === undefined) return;
    this.#giveUp(join, join.listed ? abortedAfterStart() : aborted('the join'), GOODBYE);
  }

  /** The right to it has been taken; if it is being voted on, its failure is what follows. */
  denied(client: number, handle: number, refusal: Refusal): void {
    const join = this.#find((it) => it.client === client && it.handle === handle);
    const abandoned = { reason: 'process-failure', detail: NOT_AUTHORIZED } as const;
    if (join !== undefined) this.#giveUp(join, refusal, abandoned);
  }

  clientGone(client: number, reason: LeaveReason, detail: string | undefined): void {
    for (const join of this.#joins) {
      if (join.client === client) this.#giveUp(join, undefined, { reason, detail });
    }
  }

  /** The daemon stops. */
  refuseAll(refusal: Refusal, reason: LeaveReason, detail: string): void {
    for (const join of this.#joins) this.#giveUp(join, refusal, { reason, detail });
  }

  /** The membership ended: what was given up is gone with it, the others ask again in the next one. */
  detached(): void {
    for (const join of this.#joins) {
      join.n = 0;
      join.listed = undefined;
      if (join.isWithdrawn) this.#giveUp(join, aborted('the join'), GOODBYE);
      else if (join.withdrawal !== undefined) this.#giveUp(join, join.withdrawal.refusal, GOODBYE);
      if (join.abandoned !== undefined) this.#joins.delete(join);
    }
  }

  deadline(): Instant {
    let earliest = NEVER;
    for (const { abandoned, listed, withdrawal, expiresAt } of this.#joins) {
      if (abandoned !== undefined || listed !== undefined) continue;
      earliest = Math.min(earliest, withdrawal?.until ?? expiresAt);
    }
    return earliest;
  }

  expire(): void {
    const { now } = this.#shared;
    for (const join of this.#joins) {
      const { withdrawal, listed, expiresAt } = join;
      if (listed !== undefined) continue;
      if (withdrawal === undefined) {
        if (expiresAt <= now)
          this.#takeBack(join, 'limit', joinTimedOut(join.timeoutMs, this.#shared.hindrance));
      } else if (withdrawal.until <= now) {
        this.#giveUp(join, withdrawal.refusal, GOODBYE);
      }
    }
  }

  #find(matches: (join: WaitingJoin) => boolean): WaitingJoin | undefined {
    for (const join of this.#joins) {
      if (join.abandoned === undefined && matches(join)) return join;
    }
    return undefined;
  }

  /** The process wants it back, or its time is over. */
  #takeBack(join: WaitingJoin, by: Withdrawal['by'], refusal: Refusal): void {
    if (join.n === 0) return this.#giveUp(join, refusal, GOODBYE);
    const asked = join.withdrawal;
    join.withdrawal = { by, refusal, until: asked?.until ?? this.#shared.now + WORD_MS };
    if (asked === undefined) this.#requests.withdraw(join.n);
  }

  #giveUp(join: WaitingJoin, refusal: Refusal | undefined, abandoned: Abandoned): void {
    if (join.abandoned !== undefined) return;
    if (refusal !== undefined) this.#refuse(join, refusal);
    join.abandoned = abandoned;
    if (join.listed !== undefined) this.#fail(join, join.listed, abandoned);
    else if (join.n === 0) this.#joins.delete(join);
    else if (join.withdrawal === undefined) this.#requests.withdraw(join.n);
  }

  #refuse({ client, request }: WaitingJoin, refusal: Refusal): void {
    this.#shared.outbox.toClient(client, { kind: 'refused', request, ...refusal });
  }
}

/** How long the process waits for the leader's word once it wants its join back. */
const WORD_MS = 250;

type Abandoned = NonNullable<WaitingJoin['abandoned']>;

const GOODBYE: Abandoned = { reason: 'goodbye' };

/** The leader had started it before it was asked to forget it. */
function hasStarted(join: WaitingJoin): void {
  if (join.abandoned === undefined && join.withdrawal?.by === 'signal') join.isWithdrawn = true;
  join.withdrawal = undefined;
}

/** An instance that no other start of this daemon and no other handle has. */
function instanceFor(self: MembershipId, { client, handle }: WaitingJoin): string {
  return `${incarnationOf(daemonOf(self)).toString(36)}-${client}-${handle}`;
}
