import { type Instant, invariant, type MembershipId, NEVER } from '@group-services/core';
import {
  type Acknowledgement,
  type Data,
  type Entry,
  encodeView,
  type LogEntry,
  type Nack,
  type Submit,
  type Sync,
} from '@group-services/wire';
import { isPressed } from '../pressure.js';
import type { Shared } from '../shared.js';
import type { Delivery } from './delivery.js';
import { AckWindow, anticipates } from './quiescing.js';
import { type Progress, Stability } from './stability.js';
import { Syncing } from './syncing.js';

/**
 * An active leader's side of the stream (`internal-layer.md` §3): numbers messages, sends them to
 * every member of the newest accepted list, and computes stability. Exists from the end of the
 * takeover (or the formation) until we are deposed or leave.
 */
export class Leading {
  readonly #shared: Shared;
  readonly #delivery: Delivery;
  readonly stability: Stability;
  readonly #syncing: Syncing;
  /** The newest accepted entry, which may be ahead of the view delivered last. */
  entry: Entry;
  readonly since: number;
  readonly #cut: number;
  #next: number;
  #flowOpen = true;
  /** Whether processes of any member, ours included, have too much unread. */
  #pressed = false;
  readonly #window: AckWindow;
  /** Per origin the counter that was placed last, delivered or not. */
  readonly #placedCounters = new Map<MembershipId, number>();

  constructor(shared: Shared, delivery: Delivery, entry: Entry, cut: number) {
    this.#shared = shared;
    this.#delivery = delivery;
    this.entry = entry;
    this.since = entry.since;
    this.#cut = cut;
    this.#next = cut + 1;
    this.stability = new Stability(entry.since);
    this.#syncing = new Syncing(shared, this);
    this.#window = new AckWindow(shared.options.quiesce, shared.options.ackWindow);
    this.#countPlaced(cut);
  }

  /** What former leaders have placed: delivered here, or about to be. */
  #countPlaced(cut: number): void {
    const { counters, delivered, log } = this.#shared;
    for (const [origin, known] of counters) this.#placedCounters.set(origin, known.counter);
    for (let seq = delivered + 1; seq <= cut; seq += 1) {
      const held = log.get(seq);
      if (held !== undefined && held.counter > 0) {
        this.#placedCounters.set(held.origin, held.counter);
      }
    }
  }

  /** The number of the message that is placed next. */
  get next(): number {
    return this.#next;
  }

  /** The last number given. */
  get last(): number {
    return this.#next - 1;
  }

  /** Whether an acknowledgement or request of this membership may count. */
  lists(member: MembershipId, joinVersion: number): boolean {
    return this.stability.of(member)?.member.joinVersion === joinVersion;
  }

  /** Whether every member has everything. */
  get isQuiesced(): boolean {
    return this.#shared.stable >= this.last;
  }

  /** Places a message, which carries the next number, and sends it to everybody. */
  place(entry: LogEntry): void {
    const shared = this.#shared;
    const { seq } = entry;
    invariant(seq === this.#next, 'numbers are given without gaps');
    this.#next += 1;
    shared.log.put(entry);
    if (shared.options.observe) {
      const { origin, counter } = entry;
      shared.observe({ kind: 'placed', version: this.entry.version, seq, origin, counter });
    }
    const asking = this.#window.place(entry.safe || entry.view);
    const data = this.#data(entry, asking === 'ack-required');
    for (const progress of this.stability.members()) {
      // Who had everything until now begins to lag now, not when it acknowledged last.
      if (progress.contiguous >= seq - 1) progress.progressAt = shared.now;
      // Who joins is spoken to by name: its daemon may have another membership by now.
      if (!progress.full) shared.sendTo(progress.member, data);
    }
    shared.sendAll(this.stability.fullMembers(), data);
    this.#syncing.placed(entry.safe || entry.view, asking);
    this.updateStable();
    this.#delivery.run();
    this.watchFlow();
  }

  /** Puts the newest accepted view into the stream; it is never held back by flow control. */
  placeView(): void {
    this.place({
      seq: this.#next,
      origin: this.#shared.self,
      originJoinVersion: this.#shared.joinVersion,
      counter: 0,
      safe: true,
      view: true,
      body: encodeView(this.entry),
    });
  }

  onSubmit(from: MembershipId, submit: Submit): void {
    this.onAck(from, submit);
    this.placeSubmitted(from, submit.joinVersion, submit);
  }

  /**
   * Places a member's message if it is the next one of this origin; otherwise it comes again. `known`:
   * it is in the stream already.
   */
  placeSubmitted(
    origin: MembershipId,
    originJoinVersion: number,
    what: { readonly counter: number; readonly safe: boolean; readonly body: Uint8Array },
  ): 'placed' | 'known' | 'wait' {
    const placed = this.#placedCounters.get(origin) ?? 0;
    if (what.counter <= placed) return 'known';
    if (!this.#flowOpen || this.#pressed || this.#shared.leaving || what.counter !== placed + 1)
      return 'wait';
    const listed = this.entry.members.some(
      (member) => member.id === origin && member.joinVersion === originJoinVersion,
    );
    if (!listed) return 'wait';
    this.#placedCounters.set(origin, what.counter);
    const { counter, safe, body } = what;
    const seq = this.#next;
    this.place({ seq, origin, originJoinVersion, counter, safe, view: false, body });
    return 'placed';
  }

  /** Installs the newest accepted entry: the list that counts, then its VIEW in the stream. */
  change(entry: Entry): void {
    const shared = this.#shared;
    const position = this.#next;
    this.entry = entry;
    shared.footing.promise(entry.version);
    this.stability.retain(entry.members);
    for (const member of entry.members) {
      if (member.id === shared.self || this.stability.of(member.id) !== undefined) continue;
      this.stability.add(member, position, { full: false, now: shared.now });
    }
    const listed = new Set(entry.members.map((member) => member.id));
    for (const origin of this.#placedCounters.keys()) {
      if (!listed.has(origin)) this.#placedCounters.delete(origin);
    }
    this.placeView();
  }

  onAck(from: MembershipId, ack: Acknowledgement): void {
    const progress = this.stability.of(from);
    if (progress === undefined) return;
    const wasFull = progress.full;
    if (!this.stability.acknowledge(progress, ack, this.last, this.#shared.now)) return;
    // A new full member may be the successor that our own leave waits for.
    if (!wasFull) this.#shared.checkWanted = true;
    this.updateStable();
    this.#delivery.run();
    this.watchFlow();
  }

  updateStable(): void {
    const shared = this.#shared;
    const stable = Math.min(shared.log.contiguous, this.stability.minimum);
    if (stable <= shared.stable) return;
    shared.stable = stable;
    this.#syncing.stableAdvanced();
    if (shared.leaving) shared.checkWanted = true;
  }

  onNack(from: MembershipId, nack: Nack): void {
    const progress = this.stability.of(from);
    if (progress === undefined || nack.version < this.since) return;
    this.#shared.branch('repair');
    this.resend(progress, nack.from, nack.to);
  }

  /** Sends retained messages again, a bounded piece at a time. */
  resend(progress: Progress, from: number, to: number): void {
    let bytes = 0;
    const end = Math.min(to, this.last, from + RESEND_MESSAGES_MAX - 1);
    for (let seq = from; seq <= end && bytes < RESEND_BYTES_MAX; seq += 1) {
      const entry = this.#shared.log.get(seq);
      if (entry === undefined) continue;
      bytes += entry.body.length;
      if (this.#shared.options.tally !== undefined) this.#shared.options.tally.sentAgain += 1;
      this.#shared.send(progress.member.id, this.#data(entry, seq === end));
    }
  }

  sendSync(to: MembershipId, ackRequired: boolean): void {
    this.#shared.send(to, this.#sync(ackRequired));
  }

  /** Tells every full member what is stable. */
  announce(): void {
    this.#shared.sendAll(this.stability.fullMembers(), this.#sync(false));
  }

  #sync(ackRequired: boolean): Sync {
    return {
      kind: 'sync',
      version: this.entry.version,
      since: this.since,
      cut: this.#cut,
      stable: this.#shared.stable,
      ackRequired,
      last: this.last,
    };
  }

  /** One message object for all members that it goes to. */
  #data(entry: LogEntry, ackRequired: boolean): Data {
    return {
      kind: 'data',
      version: this.entry.version,
      since: this.since,
      cut: this.#cut,
      stable: this.#shared.stable,
      ackRequired,
      entry,
    };
  }

  /** We are leaving: nothing new is placed, and everybody catches up now. */
  quiesce(): void {
    if (this.#flowOpen) {
      this.#flowOpen = false;
      this.#shared.emit({ kind: 'flow', open: false });
    }
    this.#syncing.now();
  }

  /** In isolation nothing is placed. */
  hold(): void {
    if (this.#flowOpen) this.#shared.emit({ kind: 'flow', open: false });
  }

  /** Back from isolation: the flow is as it was, and nobody lags by more than it did. */
  release(): void {
    for (const progress of this.stability.members()) progress.progressAt = this.#shared.now;
    if (this.#flowOpen) this.#shared.emit({ kind: 'flow', open: true });
    this.#syncing.now();
  }

  /** Opens and closes the flow by what is not stable yet (B4), and says whether anybody presses. */
  watchFlow(): void {
    const shared = this.#shared;
    if (shared.leaving) return;
    this.#watchRoom();
    const pressed = this.stability.isPressed || isPressed(shared.pressure);
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    shared.branch(pressed ? 'pressed' : 'pressure-over');
    this.#syncing.watchPressure(pressed);
    shared.emit({ kind: 'pressure', pressed });
  }

  #watchRoom(): void {
    const { log, options, stable } = this.#shared;
    const messages = this.last - stable;
    if (this.#flowOpen) {
      if (messages < options.maxUnstableMessages && log.bytes < options.maxUnstableBytes) return;
      this.#flowOpen = false;
      this.#shared.branch('flow-closed');
      // The window may be larger than what may be unstable: then nobody acknowledges unasked, not even
      // where members anticipate at half of it. What was AckRequired itself asks for nothing more.
      const early = this.#window.unasked > 0 && messages * 2 < options.ackWindow;
      if (early || !anticipates(options.quiesce)) this.#syncing.ask();
    } else {
      if (messages * 2 > options.maxUnstableMessages) return;
      if (log.bytes * 2 > options.maxUnstableBytes) return;
      this.#flowOpen = true;
    }
    this.#shared.emit({ kind: 'flow', open: this.#flowOpen });
  }

  deadline(): Instant {
    return this.#shared.status === 'member' ? this.#syncing.deadline() : NEVER;
  }

  onDeadline(): void {
    this.#syncing.onDeadline();
  }
}

const RESEND_MESSAGES_MAX = 256;
const RESEND_BYTES_MAX = 512 * 1024;
