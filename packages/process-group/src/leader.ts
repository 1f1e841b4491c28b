import { type MembershipId, NEVER } from '@group-services/core';
import {
  decodeProposal,
  type Entry,
  encodeOrdered,
  encodeReply,
  type ListedDeparture,
  type MessageBody,
  type Proposal,
  type ReplyBody,
  type RequestRef,
  type StartBody,
} from '@group-services/wire';
import { type Decision, decide, joinDecision } from './decisions.js';
import type { Outbox } from './outbox.js';
import type { Replica } from './replica.js';
import { type FailureItem, type OtherItem, Selection } from './selection.js';

/** Protocols started in one step, and their bytes: what flow control cannot stop stays small. */
const STARTS_PER_STEP_MAX = 64;
const START_BYTES_PER_STEP_MAX = 256 * 1024;

/**
 * The group leader's side (`process-group-protocol.md` §§3.4, 3.9): takes requests, selects the next
 * one and multicasts its START, which is the result of a one-phase protocol.
 *
 * It lives for one term. Everything is checked against the *placed* state: what has been delivered
 * here and all that is in the stream behind it. Requests that a former leader has started are known by
 * the replicated started set and skipped; all others come again from their daemons.
 */
export class Leader {
  readonly #outbox: Outbox;
  readonly #placed: Replica;
  #entry: Entry;
  #members: ReadonlySet<MembershipId>;
  readonly #selection = new Selection();
  #open = true;
  /** More waits than one step may start; the driver's next deadline goes on. */
  #unfinished = false;
  /** Bytes of all that was multicast in this term. */
  #bytes = 0;

  constructor(outbox: Outbox, placed: Replica, entry: Entry) {
    this.#outbox = outbox;
    this.#placed = placed;
    this.#entry = entry;
    this.#members = new Set(entry.members.map(({ id }) => id));
    this.#failMissing();
    this.run();
  }

  /** What waits here. */
  get queued(): number {
    return this.#selection.length;
  }

  deadline(): number {
    return this.#unfinished ? 0 : NEVER;
  }

  onView(entry: Entry): void {
    // While the lead begins, views of former leaders are still being delivered.
    if (entry.version < this.#entry.version) return;
    this.#entry = entry;
    this.#members = new Set(entry.members.map(({ id }) => id));
    this.#selection.retain(this.#members);
    this.#placed.retain(this.#members);
    this.#failMissing();
    this.run();
  }

  onFlow(open: boolean): void {
    this.#open = open;
    this.run();
  }

  onRequest(origin: MembershipId, n: number, body: Uint8Array): void {
    if (!this.#members.has(origin) || this.#placed.started.has(origin, n)) return;
    const decoded = decodeProposal(body);
    if (!decoded.ok) {
      this.#outbox.log('warn', 'request-undecodable', { origin, n, error: decoded.error });
      return;
    }
    const proposal = decoded.value;
    if (proposal.kind === 'message' && this.#open && this.#selection.length === 0) {
      // The hot path: nothing waits, so the message is selected as it comes.
      this.#placeMessage(origin, proposal, body);
      return;
    }
    this.#enqueue(origin, n, proposal, body);
    this.run();
  }

  #enqueue(origin: MembershipId, n: number, proposal: Proposal, body: Uint8Array): void {
    const ref = { origin, n, low: proposal.low };
    switch (proposal.kind) {
      case 'join': {
        const { provider, attributes } = proposal;
        return this.#selection.addJoin({ ref, provider, attributes });
      }
      case 'down':
        return this.#onDown(ref, proposal.departures);
      case 'withdraw':
        if (this.#selection.withdraw(origin, proposal.target)) {
          this.#reply(origin, proposal.target, { kind: 'withdrawn' });
        }
        return this.#reply(origin, n, { kind: 'done' });
      case 'votes':
      case 'report':
        return this.#reply(origin, n, { kind: 'done' });
      default:
        this.#selection.addOther({ ref, proposal, body });
    }
  }

  /** PROVIDER_DOWN: of those still listed the ones that do not wait already fail now, together. */
  #onDown(ref: RequestRef, departures: readonly ListedDeparture[]): void {
    const selection = this.#selection;
    const listed = departures.filter(
      ({ no }) => this.#placed.state.byNo.get(no)?.daemon === ref.origin,
    );
    const fresh = listed.filter(({ no }) => !selection.isFailing(no));
    if (fresh.length > 0) selection.addFailure({ departures: fresh, requests: [ref] });
    else if (!selection.addToFailures(listed, ref)) {
      this.#reply(ref.origin, ref.n, { kind: 'done' });
    }
  }

  /** A node has failed when an accepted view is without it: one failure leave for each provider. */
  #failMissing(): void {
    for (const { id, no, daemon } of this.#placed.state.providers) {
      if (this.#members.has(daemon) || this.#selection.isFailing(no)) continue;
      const departure: ListedDeparture = { no, provider: id, reason: 'node-failure' };
      this.#selection.addFailure({ departures: [departure], requests: [] });
    }
  }

  /** Selects as long as something can run and flow control lets it. */
  run(): void {
    this.#unfinished = false;
    const bytesMax = this.#bytes + START_BYTES_PER_STEP_MAX;
    for (let started = 0; this.#open; started += 1) {
      if (started === STARTS_PER_STEP_MAX || this.#bytes > bytesMax) {
        this.#unfinished = this.#selection.length > 0;
        return;
      }
      const selected = this.#selection.next(this.#placed.state);
      if (selected === undefined) return;
      if (selected.class === 'failure') this.#placeFailure(selected.item);
      else if (selected.class === 'join') {
        this.#carryOut(selected.item.ref, joinDecision(selected.item, this.#placed.state));
      } else this.#runOther(selected.item);
    }
  }

  #placeFailure(item: FailureItem): void {
    this.#place({
      kind: 'start',
      protocol: 'failure',
      requests: item.requests,
      change: { kind: 'remove', departures: [...item.departures] },
    });
  }

  #runOther(item: OtherItem): void {
    const { ref, proposal } = item;
    const ran =
      proposal.kind === 'message'
        ? this.#placeMessage(ref.origin, proposal, item.body)
        : this.#carryOut(ref, decide(ref, proposal, this.#placed.state));
    if (!ran || this.#placed.state.attributes.contention === 'queue') return;
    for (const other of this.#selection.takeOthers()) {
      this.#reply(other.ref.origin, other.ref.n, { kind: 'collision' });
    }
  }

  /** The bytes of the request are the bytes of the START. False when the sender is gone. */
  #placeMessage(origin: MembershipId, message: MessageBody, body: Uint8Array): boolean {
    const proposer = this.#placed.state.byNo.get(message.proposer);
    if (proposer === undefined || proposer.daemon !== origin) {
      this.#reply(origin, message.n, { kind: 'proposer-removed' });
      return false;
    }
    this.#placed.applyMessage(message);
    this.#multicast(body, message.safe);
    return true;
  }

  #carryOut(ref: OtherItem['ref'], decision: Decision): boolean {
    if (decision.kind === 'start') this.#place(decision);
    else this.#reply(ref.origin, ref.n, decision);
    return decision.kind === 'start';
  }

  #place(start: StartBody): void {
    const { change } = start;
    const begun = change.kind === 'join' ? change.attributes : null;
    const { delivery } = begun ?? this.#placed.state.attributes;
    // The position is not known before delivery; nothing in the placed state depends on it.
    this.#placed.applyStart(start, 0);
    const body = encodeOrdered(start);
    this.#multicast(body, delivery === 'safe');
  }

  #multicast(body: Uint8Array, safe: boolean): void {
    this.#bytes += body.length;
    this.#outbox.emit({ kind: 'multicast', body, safe });
  }

  #reply(origin: MembershipId, n: number, reply: ReplyBody): void {
    this.#outbox.emit({ kind: 'reply', origin, n, body: encodeReply(reply) });
  }
}
