import { daemonOf, type Instant, type MembershipId, NEVER, nodeOf } from '@group-services/core';
import {
  type Attributes,
  type BundleBody,
  type Change,
  decodeProposal,
  type Entry,
  type MessageBody,
  operatorId,
  type Proposal,
} from '@group-services/wire';
import type { StoppedDaemons } from '../inputs.js';
import type { VotingInspection } from '../inspection.js';
import type { Replica } from '../replica/replica.js';
import type { Shared } from '../shared.js';
import { batches } from './batch-window.js';
import { type Batch, choiceOf, departureBatch, joinBatch } from './batching.js';
import { decide } from './decisions.js';
import { Failures } from './failures.js';
import { answeredBefore, isOrdered } from './passed-over.js';
import { Placing } from './placing.js';
import { type JoinItem, type OtherItem, type Selected, Selection } from './selection.js';
import { votingFor } from './voter-set.js';
import { LeaderVoting } from './voting.js';

/**
 * The group leader's side (`external-layer.md` §§3.4, 3.9): takes requests, selects the next
 * ones and multicasts their START, which is the result of a one-phase protocol; of any other the votes
 * decide, and nothing else is selected until its last RESULT is placed.
 *
 * It lives for one term. Everything is checked against the *placed* state: what has been delivered
 * here and all that is in the stream behind it. Requests that a former leader has started are known by
 * the replicated started set and skipped; all others come again from their daemons.
 */
export class Leader {
  readonly #shared: Shared;
  readonly #placing: Placing;
  readonly #selection = new Selection();
  readonly #failures: Failures;
  readonly #voting: LeaderVoting;
  /** Up to here the stream is what former leaders placed. */
  readonly #takenOver: number;
  #entry: Entry;
  #members: ReadonlySet<MembershipId>;
  #open = true;
  /** Some process has too much unread. */
  #pressed = false;
  /** More waits than one step may start; the driver's next deadline goes on. */
  #unfinished = false;
  /** The step whose room is measured, and how much the placed bytes may come to in it. */
  #stepAt: Instant = Number.NEGATIVE_INFINITY;
  #bytesMax = 0;

  constructor(
    shared: Shared,
    term: { readonly placed: Replica; readonly pending: number; readonly upTo: number },
    { entry, stopped }: { readonly entry: Entry; readonly stopped: StoppedDaemons },
  ) {
    this.#shared = shared;
    this.#placing = new Placing(shared, term);
    this.#takenOver = term.upTo;
    this.#failures = new Failures(this.#placing, this.#selection);
    this.#voting = new LeaderVoting(shared, this.#placing, this.#failures);
    this.#entry = entry;
    this.#members = new Set(entry.members.map(({ id }) => id));
    this.#failures.failMissing({ members: this.#members, stopped }, shared.now);
    this.run();
  }

  /** What waits here. */
  get queued(): number {
    return this.#selection.length;
  }

  get voting(): VotingInspection | undefined {
    return this.#voting.inspect();
  }

  deadline(): Instant {
    if (this.#unfinished)
      return this.#placing.bytes > this.#bytesMax ? this.#stepAt + NEXT_STEP_MS : 0;
    const isSelecting = this.#open && this.#placing.state.running === null;
    const window = isSelecting ? this.#selection.deadline(this.#placing.state) : NEVER;
    return Math.min(window, this.#voting.deadline());
  }

  /** Its deadline is reached. */
  wake(): void {
    this.#voting.expire();
    this.run();
  }

  onView(entry: Entry, stopped: StoppedDaemons): void {
    // While the lead begins, views of former leaders are still being delivered.
    if (entry.version < this.#entry.version) return;
    this.#entry = entry;
    this.#members = new Set(entry.members.map(({ id }) => id));
    this.#selection.retain(this.#members);
    this.#failures.retain(this.#members);
    this.#placing.retain(this.#members);
    this.#failures.failMissing({ members: this.#members, stopped }, this.#shared.now);
    this.run();
  }

  onFlow(open: boolean): void {
    this.#open = open;
    this.run();
  }

  onPressure(pressed: boolean): void {
    this.#pressed = pressed;
    this.run();
  }

  /** One more body of the stream is delivered here. */
  onBodyDelivered(): void {
    this.#placing.bodyDelivered();
  }

  /** A START that voting follows is delivered here. */
  onStartDelivered(position: number): void {
    if (position <= this.#takenOver) return;
    this.#voting.located(position);
    this.run();
  }

  onRequest(origin: MembershipId, n: number, body: Uint8Array): void {
    if (!this.#members.has(origin) || this.#placing.hasStarted(origin, n)) return;
    const decoded = decodeProposal(body);
    if (!decoded.ok) {
      const { error } = decoded;
      this.#shared.outbox.log('warn', 'request-undecodable', { origin, n, error });
      return;
    }
    const proposal = decoded.value;
    const ref = { origin, n };
    if (isOrdered(proposal) && this.#placing.hasStartedLater(ref, proposal.proposer)) {
      this.#placing.refuse(ref, answeredBefore(proposal, this.#placing.state));
      return;
    }
    if (isMessage(proposal) && this.#isIdle) {
      // The hot path: nothing waits, so what comes is selected at once.
      this.#placeMessage(origin, proposal, body);
      return;
    }
    this.#enqueue(origin, n, proposal, body);
    this.run();
  }

  get #isIdle(): boolean {
    return (
      this.#open &&
      !this.#pressed &&
      this.#selection.length === 0 &&
      this.#placing.state.running === null &&
      this.#hasRoom()
    );
  }

  /**
   * In a group of one daemon nothing is ever unstable, and what is placed is delivered within the step,
   * before anybody can say that a process presses: the window has to bound a step as well.
   */
  #hasRoom(): boolean {
    const { now, options } = this.#shared;
    if (now !== this.#stepAt) {
      this.#stepAt = now;
      const room = Math.min(START_BYTES_PER_STEP_MAX, options.maxUnstableBytes);
      this.#bytesMax = this.#placing.bytes + room;
    }
    return this.#placing.bytes <= this.#bytesMax;
  }

  #enqueue(origin: MembershipId, n: number, proposal: Proposal, body: Uint8Array): void {
    const ref = { origin, n, low: proposal.low };
    const at = this.#shared.now;
    const { attributes } = this.#placing.state;
    switch (proposal.kind) {
      case 'join':
        // A daemon speaks for its own node alone, and no provider is called as operators are.
        if (!isOwnProvider(proposal.provider, nodeOf(daemonOf(origin)))) {
          return this.#placing.reply(ref, { kind: 'done' });
        }
        return this.#addJoin({ ...proposal, ref, at });
      case 'down':
        return this.#failures.onDown(ref, proposal, at);
      case 'votes':
        return this.#voting.onVotes(ref, proposal);
      case 'report':
        return this.#voting.onReport(ref, proposal);
      case 'withdraw': {
        const target = { origin, n: proposal.target };
        if (this.#selection.withdraw(origin, proposal.target)) {
          this.#placing.reply(target, { kind: 'withdrawn' });
        }
        return this.#placing.reply(ref, { kind: 'done' });
      }
      case 'leave':
      case 'expel':
        if (!isBatched(proposal, attributes)) return this.#addOther({ ref, proposal, body });
        return this.#selection.addLeave({ ref, proposal, at });
      default:
        this.#addOther({ ref, proposal, body });
    }
  }

  #addJoin(item: JoinItem): void {
    if (this.#selection.isHeld(item, this.#placing.state)) this.#placing.branch('join-held');
    this.#selection.addJoin(item);
  }

  /** What comes while a protocol runs contends with it. */
  #addOther(item: OtherItem): void {
    const { running, attributes } = this.#placing.state;
    if (running === null || attributes.contention === 'queue') this.#selection.addOther(item);
    else this.#placing.reply(item.ref, { kind: 'collision' });
  }

  /** Goes on as long as something can be multicast and flow control lets it. */
  run(): void {
    this.#unfinished = false;
    for (let started = 0; this.#open; started += 1) {
      if (started === STARTS_PER_STEP_MAX || !this.#hasRoom()) {
        this.#unfinished = true;
        return;
      }
      if (!this.#voting.placeNext() && !this.#startNext()) return;
    }
  }

  #startNext(): boolean {
    const { state } = this.#placing;
    if (state.running !== null) return false;
    const selected = this.#selection.next(state, this.#shared.now, this.#pressed);
    if (selected === undefined) return false;
    this.#start(selected);
    return true;
  }

  #start(selected: Selected): void {
    const { state } = this.#placing;
    switch (selected.class) {
      case 'departures':
        return this.#carryOut(departureBatch(selected, state));
      case 'joins':
        return this.#carryOut(joinBatch(selected.items, state));
      case 'other':
        return this.#runOther(selected.item);
    }
  }

  #carryOut({ start, choice, replies }: Batch): void {
    for (const { ref, reply } of replies) this.#placing.refuse(ref, reply);
    if (start === undefined) return;
    const { state } = this.#placing;
    const { isDown: isFailed } = this.#failures;
    if (isBatch(start.change)) this.#placing.branch('batch-started');
    this.#placing.start({ ...start, voting: votingFor(start.change, choice, { state, isFailed }) });
    this.#voting.follow();
  }

  #runOther(item: OtherItem): void {
    const { ref, proposal } = item;
    // A change of this attribute is for what is selected after it.
    const { contention } = this.#placing.state.attributes;
    if (isMessage(proposal)) {
      if (!this.#placeMessage(ref.origin, proposal, item.body)) return;
    } else {
      const { state } = this.#placing;
      const decision = decide(ref, proposal, state);
      if (decision.kind !== 'start') return this.#placing.refuse(ref, decision);
      this.#carryOut({
        start: decision,
        choice: choiceOf(proposal, state.attributes),
        replies: [],
      });
    }
    if (contention === 'queue') return;
    for (const other of this.#selection.takeOthers()) {
      this.#placing.reply(other.ref, { kind: 'collision' });
    }
  }

  /** False when the sender is gone. */
  #placeMessage(origin: MembershipId, message: Messages, body: Uint8Array): boolean {
    const proposer = this.#placing.state.byNo.get(message.proposer);
    if (proposer === undefined || proposer.daemon !== origin) {
      this.#placing.refuse({ origin, n: message.n }, { kind: 'proposer-removed' });
      return false;
    }
    this.#placing.message(message, body);
    return true;
  }
}

/** Protocols started in a row, and the bytes of a step: what flow control cannot stop stays small. */
const STARTS_PER_STEP_MAX = 64;
const START_BYTES_PER_STEP_MAX = 1024 * 1024;
/** Then it goes on: in between its daemon hears which processes do not keep up. */
const NEXT_STEP_MS = 1;

type Messages = MessageBody | BundleBody;

/** One-phase messages, alone or several as one. */
function isMessage(proposal: Proposal): proposal is Messages {
  return proposal.kind === 'message' || proposal.kind === 'bundle';
}

function isOwnProvider(id: string, node: string): boolean {
  return id.startsWith(`${node}/`) && id !== operatorId(node);
}

/** Whether several came together in one protocol. */
function isBatch(change: Change): boolean {
  if (change.kind === 'join') return change.joiners.length > 1;
  return change.kind === 'remove' && change.departures.length > 1;
}

/** Expels have targets of their own: they are never put together with anything (§3.10). */
function isBatched({ kind }: Pick<Proposal, 'kind'>, attributes: Attributes): boolean {
  return kind === 'leave' && batches(attributes, 'departures');
}
