import type { AnnouncementCode, ListedDeparture, Proposal, SourceMark } from '@group-services/wire';
import { encodeProposal } from '@group-services/wire';
import type { Outbox } from '../outbox.js';
import type { LocalProposal } from './local-members.js';
import type { WaitingJoin } from './waiting-join.js';

/**
 * This daemon's requests to the leader that have no answer yet: numbered from 1 per membership, kept
 * and repeated by the internal layer. Each is done at the START that names it or at the reply.
 */
export class OwnRequests {
  readonly #outbox: Outbox;
  #next = 1;
  #low = 1;
  readonly #open = new Map<number, OwnRequest>();
  /** The open reports of failed providers among them: request and providers. */
  readonly #downs = new Map<number, readonly number[]>();

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The lowest one without answer, or the next number. */
  get low(): number {
    return this.#low;
  }

  /** How far the numbers in use reach: bounds the started set of this daemon. */
  get span(): number {
    return this.#next - this.#low;
  }

  get(n: number): OwnRequest | undefined {
    return this.#open.get(n);
  }

  /** The open proposal that matches, if there is one. */
  proposal(matches: (proposal: LocalProposal) => boolean): LocalProposal | undefined {
    for (const request of this.#open.values()) {
      if (request.kind === 'proposal' && matches(request.proposal)) return request.proposal;
    }
    return undefined;
  }

  /** Takes the next number; the caller emits the request with it. */
  begin(request: OwnRequest): number {
    const n = this.#next;
    this.#next += 1;
    this.#open.set(n, request);
    return n;
  }

  /** PROVIDER_DOWN for providers of this daemon, one in most cases. */
  down(departures: ListedDeparture[], source?: SourceMark): void {
    const nos = departures.map(({ no }) => no);
    const n = this.begin({ kind: 'down', nos });
    this.#downs.set(n, nos);
    const body = encodeProposal({ kind: 'down', low: this.#low, departures, source });
    this.#outbox.emit({ kind: 'request', n, body });
  }

  /**
   * A report stays open until the provider is gone here as well. A leader that has placed the removal
   * says that nothing is left to do; should it die with it, the next leader must hear the report.
   */
  finishDowns(isGone: (no: number) => boolean): void {
    for (const [n, nos] of this.#downs) if (nos.every(isGone)) this.finish(n);
  }

  /** VOTES, open until the RESULT of the phase is delivered; the number to finish it with. */
  votes(cast: Omit<Votes, 'kind' | 'low'>): number {
    const n = this.begin(VOTES);
    const body = encodeProposal({ kind: 'votes', low: this.#low, ...cast });
    this.#outbox.emit({ kind: 'request', n, body });
    return n;
  }

  report(client: number, code: AnnouncementCode, providers: number[]): void {
    const n = this.begin({ kind: 'report', client });
    const body = encodeProposal({ kind: 'report', low: this.#low, code, providers });
    this.#outbox.emit({ kind: 'request', n, body });
  }

  withdraw(target: number): void {
    const n = this.begin(WITHDRAW);
    const body = encodeProposal({ kind: 'withdraw', low: this.#low, target });
    this.#outbox.emit({ kind: 'request', n, body });
  }

  /** It has its answer: the internal layer may forget it. */
  finish(n: number): OwnRequest | undefined {
    const request = this.#open.get(n);
    if (request === undefined) return undefined;
    this.#open.delete(n);
    if (request.kind === 'down') this.#downs.delete(n);
    while (this.#low < this.#next && !this.#open.has(this.#low)) this.#low += 1;
    this.#outbox.emit({ kind: 'requestDone', n });
    return request;
  }

  /** The membership has ended, and its numbers with it; the result is what had no answer. */
  reset(): readonly OwnRequest[] {
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#downs.clear();
    this.#next = 1;
    this.#low = 1;
    return open;
  }
}

type Votes = Extract<Proposal, { readonly kind: 'votes' }>;

/** What one of our requests to the leader stands for. */
export type OwnRequest =
  | { readonly kind: 'proposal'; readonly proposal: LocalProposal }
  | { readonly kind: 'join'; readonly join: WaitingJoin }
  | { readonly kind: 'down'; readonly nos: readonly number[] }
  | { readonly kind: 'report'; readonly client: number }
  | { readonly kind: 'withdraw' | 'votes' };

const WITHDRAW: OwnRequest = { kind: 'withdraw' };
const VOTES: OwnRequest = { kind: 'votes' };
