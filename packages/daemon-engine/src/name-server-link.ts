import { daemonOf, type GroupName, type Instant, NEVER, type NodeName } from '@group-services/core';
import type { NameServerQuestion } from '@group-services/metagroup';
import {
  type Features,
  type FromNameServer,
  HoldingsDigest,
  type ListPlace,
  type ToNameServer,
} from '@group-services/wire';
import type { LaterStart } from './later-starts.js';
import { type Answer, type Answered, NameServerQuestions } from './name-server-questions.js';
import type { NodesListPorts } from './nodes-list.js';
import { registerInPieces, renewInPieces } from './registration-pieces.js';
import type { Shared } from './shared.js';

/**
 * This daemon's side of its one connection to the name server (`internal-layer.md` §2): registers
 * after each WELCOME, renews the lease, numbers look-ups, and asks for the list of groups. A renewal says what is
 * held as a digest where that will do: it is the same as long as nothing changes, however many groups there are.
 *
 * The renewal timer runs while connected; what is sent while not connected is dropped, the engines
 * that ask repeat their questions.
 *
 * With the policy `suspend`, or if this daemon is ephemeral, it also measures how long contact lasts: a lease from the *sending* of the
 * last renewal that was answered. The name server counts from its arrival, which is later.
 */
export class NameServerLink {
  readonly #shared: Shared;
  readonly #source: HoldingsSource;
  #connected = false;
  #epoch: number | undefined;
  #store = '';
  /** Which store answered last, in which start, and how far its table was. */
  #served: Served | undefined;
  #leaseMs = 3_000;
  #isolation: 'continue' | 'suspend' = 'continue';
  #contactUntil: Instant = Number.NEGATIVE_INFINITY;
  /** When the renewals were sent that have not been answered, by number. */
  readonly #renewals = new Map<number, Instant>();
  #renewAt: Instant = NEVER;
  #number = 0;
  readonly #questions: NameServerQuestions;
  #recovering = false;
  #takesDigests = false;

  constructor(shared: Shared, source: HoldingsSource) {
    this.#shared = shared;
    this.#source = source;
    this.#questions = new NameServerQuestions({
      now: () => shared.now,
      connected: () => this.#connected,
      nextNumber: () => {
        this.#number += 1;
        return this.#number;
      },
      send: (question) => this.#send(question),
    });
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Whether groups must stand still: no contact for a lease, where that counts. */
  get isIsolated(): boolean {
    return this.#isContactCounted && this.#shared.now >= this.#contactUntil;
  }

  /** Under the policy `suspend`; an ephemeral daemon under any, once it has been in contact at all. */
  get #isContactCounted(): boolean {
    if (this.#isolation === 'suspend') return true;
    return this.#shared.options.ephemeral === true && this.#epoch !== undefined;
  }

  get leaseMs(): number {
    return this.#leaseMs;
  }

  /** When it asks for its lease again; NEVER while not connected. */
  get renewDue(): Instant {
    return this.#renewAt;
  }

  /** It has been started again and cannot tell yet what goes on; as it said last. */
  get isRecovering(): boolean {
    return this.#connected && this.#recovering;
  }

  up(rules: NameServerRules): void {
    const { epoch, store, leaseMs, isolation, features } = rules;
    this.#connected = true;
    this.#epoch = epoch;
    this.#store = store;
    this.#leaseMs = leaseMs;
    this.#isolation = isolation;
    this.#takesDigests = features?.has('renew-digest') === true;
    this.#renewals.clear();
    this.#recovering = false;
    this.#renewAt = this.#shared.now + leaseMs / 3;
    const seen = this.#source.seen();
    const holdings = this.#source.holdings();
    const served = this.#served;
    const more = { ...(seen.length > 0 && { seen }), ...(served !== undefined && { served }) };
    const whole = { kind: 'register' as const, epoch, holdings, ...more };
    for (const piece of registerInPieces(whole, this.#shared.options.pieceBytes)) this.#send(piece);
    if (this.#isContactCounted || this.#shared.waking) this.#renew();
  }

  renewNow(): void {
    if (this.#connected) this.#renew();
  }

  /**
   * Notes how far the table was that an answer came from: a name server that has lost its table, or has
   * an older one, is told at the next registration.
   */
  answered(message: FromNameServer): void {
    if (!('revision' in message) || message.revision === undefined) return;
    const { revision } = message;
    const served = this.#served;
    const same = served?.store === this.#store && served.epoch === this.#epoch;
    if (same && served.revision >= revision) return;
    this.#served = { store: this.#store, epoch: this.#epoch ?? 0, revision };
  }

  /** A life is over that the name server gave up: it waits until this daemon is out of it. */
  confirmEnd({ group, generation, membership }: Deleted): void {
    if (membership === undefined || daemonOf(membership) !== this.#shared.self) return;
    this.#send({ kind: 'disown', group, generation, membership });
  }

  /** Gives when that was asked which is now told completely. */
  onRenewed(renewed: Renewed): Instant | undefined {
    // What has an end is told piece by piece; that there is contact only once all of it is told.
    if (renewed.more === true) return undefined;
    const sentAt = this.#renewals.get(renewed.number);
    if (sentAt === undefined) return undefined;
    for (const number of this.#renewals.keys()) {
      if (number <= renewed.number) this.#renewals.delete(number);
    }
    this.#recovering = renewed.recovering === true;
    if (this.#recovering) return undefined;
    this.#contactUntil = Math.max(this.#contactUntil, sentAt + this.#leaseMs);
    return sentAt;
  }

  /** What it has of us is not what we hold; asked for once. */
  nameHoldings({ number }: HoldingsWanted): void {
    if (!this.#connected || !this.#renewals.delete(number)) return;
    this.#sayRenewal('by name');
  }

  down(): void {
    this.#connected = false;
    this.#renewAt = NEVER;
    this.#questions.connectionLost();
  }

  ask(question: NameServerQuestion): void {
    if (question.kind === 'resolve') {
      this.#number += 1;
      this.#send({ ...question, number: this.#number });
    } else {
      this.#send(question);
    }
  }

  /** Nodes and groups of the domain behind this place, as many as the name server says at once. */
  list(after: ListPlace | undefined, waiter: (listed: Answered<'listed'>) => void): void {
    const more = after === undefined ? {} : { after };
    this.#questions.ask('listed', (number) => ({ kind: 'list', number, ...more }), waiter);
  }

  /** One group, and whom it waits for. */
  describe(group: GroupName, waiter: (described: Answered<'described'>) => void): void {
    this.#questions.ask('described', (number) => ({ kind: 'describe', number, group }), waiter);
  }

  /** Gives a group up for an operator. */
  reset(group: GroupName, waiter: (givenUp: Answered<'given-up'>) => void): void {
    this.#questions.ask('given-up', (number) => ({ kind: 'reset', number, group }), waiter);
  }

  /** Gives a node up for an operator. */
  forget(node: NodeName, waiter: (forgotten: Answered<'forgotten'>) => void): void {
    this.#questions.ask('forgotten', (number) => ({ kind: 'forget', number, node }), waiter);
  }

  onAnswer(answer: Answer): void {
    this.#questions.onAnswer(answer);
  }

  /** Another daemon wants our name: we are here. */
  holdsName(number: number): void {
    this.#send({ kind: 'name-held', number });
  }

  /** For what is watched over this connection. */
  get nodesPorts(): NodesListPorts {
    return {
      now: () => this.#shared.now,
      nextNumber: () => {
        this.#number += 1;
        return this.#number;
      },
      send: (message) => this.#send(message),
    };
  }

  unregister(): void {
    this.#send({ kind: 'unregister' });
    this.#renewAt = NEVER;
  }

  deadline(): Instant {
    let earliest = this.#renewAt;
    const lasts = this.#isContactCounted && !this.#shared.isolated;
    if (lasts) earliest = Math.min(earliest, this.#contactUntil);
    return Math.min(earliest, this.#questions.deadline());
  }

  onDeadline(): void {
    const { now } = this.#shared;
    if (this.#renewAt <= now) this.#renew();
    this.#questions.onDeadline();
  }

  #renew(): void {
    const { now, isolated, waking, options } = this.#shared;
    const every = this.#leaseMs / 3;
    // Whoever stands still wants to know soon that it may go on.
    this.#renewAt = now + (isolated || waking ? Math.min(every, options.retryMs) : every);
    this.#sayRenewal(this.#takesDigests ? 'by digest' : 'by name');
  }

  #sayRenewal(how: 'by digest' | 'by name'): void {
    this.#number += 1;
    this.#renewals.set(this.#number, this.#shared.now);
    for (const number of this.#renewals.keys()) {
      if (this.#renewals.size > RENEWALS_MAX) this.#renewals.delete(number);
    }
    const held = this.#source.holdings();
    const starts = this.#source.laterStarts();
    const said = {
      number: this.#number,
      ...(starts.length > 0 && { starts: [...starts] }),
    };
    if (how === 'by digest') {
      this.#send({ kind: 'renew-digest', digest: HoldingsDigest.of(held), ...said });
      return;
    }
    const holdings = held.map(({ group, generation, version, membership, joinVersion }) => ({
      ...{ group, generation, version, membership, joinVersion },
    }));
    const whole = { kind: 'renew' as const, holdings, ...said };
    for (const piece of renewInPieces(whole, this.#shared.options.pieceBytes)) this.#send(piece);
  }

  #send(message: ToNameServer): void {
    if (this.#connected) this.#shared.emit({ kind: 'toNameServer', message });
  }
}

type Registration = Extract<ToNameServer, { readonly kind: 'register' }>['holdings'][number];
type Renewed = Extract<FromNameServer, { readonly kind: 'renewed' }>;
type HoldingsWanted = Extract<FromNameServer, { readonly kind: 'holdings-wanted' }>;
type Served = Extract<ToNameServer, { readonly kind: 'register' }>['served'];
type Deleted = Extract<FromNameServer, { readonly kind: 'deleted' }>;

/** What the groups, and what is known of other daemons, contribute to registration and renewals. */
export interface HoldingsSource {
  readonly holdings: () => Registration[];
  readonly seen: () => { group: GroupName; generation: number }[];
  readonly laterStarts: () => readonly LaterStart[];
}

/** Renewals without an answer that are remembered. */
const RENEWALS_MAX = 16;

/** What the domain rules, as WELCOME says. */
export interface NameServerRules {
  readonly epoch: number;
  readonly store: string;
  readonly leaseMs: number;
  readonly isolation: 'continue' | 'suspend';
  readonly features?: Features | undefined;
}
