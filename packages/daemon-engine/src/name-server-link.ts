import { type GroupName, type Instant, NEVER } from '@group-services/core';
import type { NameServerQuestion } from '@group-services/metagroup';
import type { FromNameServer, Holding, ToNameServer } from '@group-services/wire';
import type { Shared } from './shared.js';

type Registration = Extract<ToNameServer, { readonly kind: 'register' }>['holdings'][number];
type Renewed = Extract<FromNameServer, { readonly kind: 'renewed' }>;
type Answer = Extract<FromNameServer, { readonly kind: 'listed' | 'given-up' }>;
type Listed = Extract<Answer, { readonly kind: 'listed' }>;
type GivenUp = Extract<Answer, { readonly kind: 'given-up' }>;

/** What the groups contribute to registration and renewals. */
export interface HoldingsSource {
  readonly holdings: () => Registration[];
  readonly seen: () => { group: GroupName; generation: number }[];
}

/** How long the answer to an operator's question is waited for. */
const ANSWER_TIMEOUT_MS = 5_000;
const QUESTIONS_MAX = 1_000;
/** Renewals without an answer that are remembered. */
const RENEWALS_MAX = 16;

/** What the domain rules, as WELCOME says. */
export interface NameServerRules {
  readonly epoch: number;
  readonly leaseMs: number;
  readonly isolation: 'continue' | 'suspend';
}

/** Somebody who waits for an answer; undefined: the name server cannot be asked. */
type Waiter = (answer: Answer | undefined) => void;

/**
 * This daemon's side of its one connection to the name server (`metagroup-protocol.md` §2): registers
 * after each WELCOME, renews the lease, numbers look-ups, and asks for the list of groups.
 *
 * The renewal timer runs while connected; what is sent while not connected is dropped, the engines
 * that ask repeat their questions.
 *
 * With the policy `suspend` it also measures how long contact lasts: a lease from the *sending* of the
 * last renewal that was answered. The name server counts from its arrival, which is later.
 */
export class NameServerLink {
  readonly #shared: Shared;
  readonly #source: HoldingsSource;
  #connected = false;
  #epoch: number | undefined;
  #leaseMs = 3_000;
  #isolation: 'continue' | 'suspend' = 'continue';
  #contactUntil: Instant = Number.NEGATIVE_INFINITY;
  /** When the renewals were sent that have not been answered, by number. */
  readonly #renewals = new Map<number, Instant>();
  #renewAt: Instant = NEVER;
  #number = 0;
  /** Operators' questions, by number. */
  readonly #questions = new Map<number, { readonly until: Instant; readonly waiter: Waiter }>();

  constructor(shared: Shared, source: HoldingsSource) {
    this.#shared = shared;
    this.#source = source;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Whether groups must stand still: no contact for a lease, under the policy `suspend`. */
  get isolated(): boolean {
    return this.#isolation === 'suspend' && this.#shared.now >= this.#contactUntil;
  }

  up(rules: NameServerRules): void {
    const { epoch, leaseMs, isolation } = rules;
    this.#connected = true;
    this.#epoch = epoch;
    this.#leaseMs = leaseMs;
    this.#isolation = isolation;
    this.#renewals.clear();
    this.#renewAt = this.#shared.now + leaseMs / 3;
    const seen = this.#source.seen();
    const holdings = this.#source.holdings();
    this.#send({ kind: 'register', epoch, holdings, ...(seen.length > 0 && { seen }) });
    if (isolation === 'suspend') this.#renew();
  }

  onRenewed(renewed: Renewed): void {
    const sentAt = this.#renewals.get(renewed.number);
    if (sentAt === undefined) return;
    for (const number of this.#renewals.keys()) {
      if (number <= renewed.number) this.#renewals.delete(number);
    }
    if (renewed.recovering === true) return;
    this.#contactUntil = Math.max(this.#contactUntil, sentAt + this.#leaseMs);
  }

  down(): void {
    this.#connected = false;
    this.#renewAt = NEVER;
    for (const [number, { waiter }] of this.#questions) {
      this.#questions.delete(number);
      waiter(undefined);
    }
  }

  ask(question: NameServerQuestion): void {
    if (question.kind === 'resolve') {
      this.#number += 1;
      this.#send({ ...question, number: this.#number });
    } else {
      this.#send(question);
    }
  }

  /** All groups and nodes of the domain; undefined: the name server cannot be asked. */
  list(waiter: (listed: Listed | undefined) => void): void {
    this.#question(
      (number) => ({ kind: 'list', number }),
      (answer) => {
        waiter(answer?.kind === 'listed' ? answer : undefined);
      },
    );
  }

  /** Gives a group up for an operator; undefined: the name server cannot be asked. */
  reset(group: GroupName, waiter: (givenUp: GivenUp | undefined) => void): void {
    this.#question(
      (number) => ({ kind: 'reset', number, group }),
      (answer) => {
        waiter(answer?.kind === 'given-up' ? answer : undefined);
      },
    );
  }

  #question(make: (number: number) => ToNameServer, waiter: Waiter): void {
    if (!this.#connected || this.#questions.size >= QUESTIONS_MAX) {
      waiter(undefined);
      return;
    }
    this.#number += 1;
    const until = this.#shared.now + ANSWER_TIMEOUT_MS;
    this.#questions.set(this.#number, { until, waiter });
    this.#send(make(this.#number));
  }

  onAnswer(answer: Answer): void {
    const waiting = this.#questions.get(answer.number);
    this.#questions.delete(answer.number);
    waiting?.waiter(answer);
  }

  unregister(): void {
    this.#send({ kind: 'unregister' });
    this.#renewAt = NEVER;
  }

  deadline(): Instant {
    let earliest = this.#renewAt;
    const lasts = this.#isolation === 'suspend' && !this.#shared.isolated;
    if (lasts) earliest = Math.min(earliest, this.#contactUntil);
    for (const { until } of this.#questions.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    if (this.#renewAt <= now) this.#renew();
    for (const [number, { until, waiter }] of this.#questions) {
      if (until > now) continue;
      this.#questions.delete(number);
      waiter(undefined);
    }
  }

  #renew(): void {
    const { now, isolated, options } = this.#shared;
    const every = this.#leaseMs / 3;
    // Whoever stands still wants to know soon that it may go on.
    this.#renewAt = now + (isolated ? Math.min(every, options.retryMs) : every);
    this.#number += 1;
    this.#renewals.set(this.#number, now);
    for (const number of this.#renewals.keys()) {
      if (this.#renewals.size > RENEWALS_MAX) this.#renewals.delete(number);
    }
    const holdings: Holding[] = this.#source.holdings().map((holding) => ({
      group: holding.group,
      generation: holding.generation,
      version: holding.version,
      membership: holding.membership,
      joinVersion: holding.joinVersion,
    }));
    this.#send({ kind: 'renew', number: this.#number, holdings });
  }

  #send(message: ToNameServer): void {
    if (this.#connected) this.#shared.emit({ kind: 'toNameServer', message });
  }
}
