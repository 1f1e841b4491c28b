import { type Instant, type MembershipId, Queue } from '@group-services/core';
import {
  type AnnounceBody,
  type BundleBody,
  type Change,
  encodeOrdered,
  encodeReply,
  type MessageBody,
  type OrderedBody,
  type ReplyBody,
  type RequestRef,
  type ResultBody,
  type RiderBody,
  type StartBody,
} from '@group-services/wire';
import type { Outbox } from '../outbox.js';
import type { Branch } from '../outputs.js';
import type { GroupState } from '../replica/group-state.js';
import type { Replica } from '../replica/replica.js';
import { effectOf, votingOf } from '../replica/running.js';
import type { Shared } from '../shared.js';

/**
 * What the leader puts into the stream, and the *placed* state: what has been delivered here and all
 * that stands in the stream behind it.
 */
export class Placing {
  readonly #outbox: Outbox;
  readonly #shared: Shared;
  readonly #placed: Replica;
  /** Of all that was multicast in this term. */
  #bytes = 0;
  /** Bodies still to be delivered when the term began, and all that were multicast in it. */
  #count: number;
  /** How many of them have been delivered here. */
  #delivered = 0;
  readonly #undelivered = new Queue<Undelivered>();
  /** Refusals that rest on what is still to be delivered, oldest first. */
  readonly #held: Held[] = [];

  constructor(shared: Shared, term: { readonly placed: Replica; readonly pending: number }) {
    this.#shared = shared;
    this.#outbox = shared.outbox;
    this.#placed = term.placed;
    this.#count = term.pending;
  }

  get state(): GroupState {
    return this.#placed.state;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hasStarted(origin: MembershipId, n: number): boolean {
    return this.#placed.started.has(origin, n);
  }

  hasStartedLater({ origin, n }: Pick<RequestRef, 'origin' | 'n'>, proposer: number): boolean {
    return this.#placed.started.hasLater(origin, n, proposer);
  }

  retain(members: ReadonlySet<MembershipId>): void {
    this.#placed.retain(members);
  }

  /** Our own START is delivered: from now on the running protocol has its name. */
  located(position: number): void {
    this.#placed.located(position);
  }

  /** The bytes of the request are the bytes of the START. */
  message(message: MessageBody | BundleBody, body: Uint8Array): void {
    this.#placed.applyMessage(message);
    this.#shared.tally.plainMessages += message.kind === 'bundle' ? message.count : 1;
    this.#multicast(body, message.safe);
  }

  start(decided: StartBody): void {
    const speaks = this.#shared.options.features.has('trace');
    const start = speaks ? decided : { ...decided, trace: undefined };
    if (votingOf(start) !== undefined) this.#outbox.branch('voting-started');
    const safe = votingOf(start) === undefined && this.#isSafe(start.change, null);
    this.#place(start, safe);
    if (votingOf(start) !== undefined) return;
    const { protocol: kind, trace } = start;
    this.#undelivered.push({ count: this.#count, kind, at: this.#shared.now, trace });
  }

  result(result: ResultBody): void {
    const { running } = this.state;
    if (running === null) return;
    const effect = effectOf(running, result);
    const isEnd = result.outcome !== 'continue';
    this.#outbox.branch(`voting-${result.outcome}`);
    this.#place(result, isEnd && this.#isSafe(effect.change, effect.stateValue));
  }

  rider(rider: RiderBody): void {
    this.#outbox.branch('rider-placed');
    this.#place(rider, false);
  }

  /** A step of the leader that puts nothing into the stream by itself. */
  branch(name: Branch): void {
    this.#outbox.branch(name);
  }

  announce(announcement: AnnounceBody): void {
    this.#place(announcement, false);
  }

  /**
   * Lists are safe whatever the group says: of what is delivered agreed a lost daemon may have shown
   * another one at the same position, and the fence of a list is made of it. What else changes something
   * is delivered as the group says, messages as they say.
   */
  #isSafe(change: Change, stateValue: Uint8Array | null): boolean {
    if (isOfList(change)) return true;
    if (change.kind === 'message' && change.safe) return true;
    if (stateValue === null && (change.kind === 'message' || change.kind === 'none')) return false;
    return this.state.attributes.delivery === 'safe';
  }

  #place(body: Exclude<OrderedBody, MessageBody | BundleBody>, safe: boolean): void {
    // The position is not known before delivery; nothing in the placed state depends on it but the
    // name of a protocol that is voted on, which waits for `located`.
    this.#placed.apply(body, 0);
    this.#multicast(encodeOrdered(body), safe);
  }

  #multicast(body: Uint8Array, safe: boolean): void {
    this.#bytes += body.length;
    this.#count += 1;
    this.#outbox.emit({ kind: 'multicast', body, safe });
  }

  /** One more body is delivered here. */
  bodyDelivered(): void {
    this.#delivered += 1;
    this.#tallyDelivered();
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (first.after > this.#delivered) return;
      this.#held.shift();
      this.reply(first.ref, first.reply);
    }
  }

  #tallyDelivered(): void {
    const { tally, now } = this.#shared;
    for (;;) {
      const first = this.#undelivered.peek();
      if (first === undefined || first.count > this.#delivered) return;
      this.#undelivered.shift();
      tally.protocols.add(1, first.kind, 'approved');
      tally.protocolMs.add(now - first.at, first.kind);
      const { trace, kind, at: beganAt } = first;
      if (trace === undefined) continue;
      const { position } = this.#shared;
      const told = { kind, position, outcome: 'approved', phases: [] };
      this.#outbox.traced({ name: 'protocol', trace, beganAt, endedAt: now, ...told });
    }
  }

  /**
   * Says no because of the placed state, as soon as that is delivered here: were it said sooner, a
   * process could hear of a state value, a list or attributes that die with this leader.
   */
  refuse(ref: Pick<RequestRef, 'origin' | 'n'>, reply: ReplyBody): void {
    const after = this.#count;
    if (this.#delivered >= after) this.reply(ref, reply);
    else this.#held.push({ after, ref, reply });
  }

  reply({ origin, n }: Pick<RequestRef, 'origin' | 'n'>, reply: ReplyBody): void {
    this.#outbox.emit({ kind: 'reply', origin, n, body: encodeReply(reply) });
  }
}

/** A protocol without a vote that is placed and not yet delivered. */
interface Undelivered {
  /** Its place among the bodies of this term. */
  readonly count: number;
  readonly kind: StartBody['protocol'];
  readonly at: Instant;
  readonly trace: string | undefined;
}

interface Held {
  /** Goes out when so many bodies have been delivered. */
  readonly after: number;
  readonly ref: Pick<RequestRef, 'origin' | 'n'>;
  readonly reply: ReplyBody;
}

function isOfList({ kind }: Change): boolean {
  return kind === 'join' || kind === 'remove';
}
