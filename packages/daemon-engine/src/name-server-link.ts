import { type Instant, NEVER } from '@group-services/core';
import type { NameServerQuestion } from '@group-services/metagroup';
import type { FromNameServer, Holding, ToNameServer } from '@group-services/wire';
import type { Shared } from './shared.js';

type Registration = Extract<ToNameServer, { readonly kind: 'register' }>['holdings'][number];
type Listed = Extract<FromNameServer, { readonly kind: 'listed' }>;

/** What the groups contribute to registration and renewals. */
export interface HoldingsSource {
  readonly holdings: () => Registration[];
}

/** How long an answer to `list` is waited for. */
const LIST_TIMEOUT_MS = 5_000;
const LISTS_MAX = 1_000;

/** Somebody who waits for the list of groups and nodes; undefined: the name server cannot be asked. */
type ListWaiter = (listed: Listed | undefined) => void;

/**
 * This daemon's side of its one connection to the name server (`metagroup-protocol.md` §2): registers
 * after each WELCOME, renews the lease, numbers look-ups, and asks for the list of groups.
 *
 * The renewal timer runs while connected; what is sent while not connected is dropped, the engines
 * that ask repeat their questions.
 */
export class NameServerLink {
  readonly #shared: Shared;
  readonly #source: HoldingsSource;
  #connected = false;
  #epoch: number | undefined;
  #leaseMs = 3_000;
  #renewAt: Instant = NEVER;
  #number = 0;
  readonly #lists = new Map<number, { readonly until: Instant; readonly waiter: ListWaiter }>();

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

  up(epoch: number, leaseMs: number): void {
    const { now } = this.#shared;
    this.#connected = true;
    this.#epoch = epoch;
    this.#leaseMs = leaseMs;
    this.#renewAt = now + leaseMs / 3;
    this.#send({ kind: 'register', epoch, holdings: this.#source.holdings() });
  }

  down(): void {
    this.#connected = false;
    this.#renewAt = NEVER;
    for (const [number, { waiter }] of this.#lists) {
      this.#lists.delete(number);
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

  list(waiter: ListWaiter): void {
    if (!this.#connected || this.#lists.size >= LISTS_MAX) {
      waiter(undefined);
      return;
    }
    this.#number += 1;
    const until = this.#shared.now + LIST_TIMEOUT_MS;
    this.#lists.set(this.#number, { until, waiter });
    this.#send({ kind: 'list', number: this.#number });
  }

  onListed(listed: Listed): void {
    const waiting = this.#lists.get(listed.number);
    this.#lists.delete(listed.number);
    waiting?.waiter(listed);
  }

  unregister(): void {
    this.#send({ kind: 'unregister' });
    this.#renewAt = NEVER;
  }

  deadline(): Instant {
    let earliest = this.#renewAt;
    for (const { until } of this.#lists.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    if (this.#renewAt <= now) this.#renew();
    for (const [number, { until, waiter }] of this.#lists) {
      if (until > now) continue;
      this.#lists.delete(number);
      waiter(undefined);
    }
  }

  #renew(): void {
    this.#renewAt = this.#shared.now + this.#leaseMs / 3;
    this.#number += 1;
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
