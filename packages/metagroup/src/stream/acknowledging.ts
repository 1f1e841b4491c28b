import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Acknowledgement } from '@group-services/wire';
import type { Shared } from '../shared.js';
import { tellEachOther } from './mutual.js';
import { anticipates } from './quiescing.js';

/**
 * A member's side of stability (M11–M13): when to acknowledge and when to ask for what is missing.
 *
 * What was AckRequired, safe or a view is acknowledged at the end of the same turn, together with
 * whatever else came in it; in a small group what is safe, to the other members as well (ADR 0050). In the
 * mode `anticipate` everything else is acknowledged unasked when half the window has come or half the idle
 * limit has passed, so that the stream need not stall. Both timers are started by what arrives and stopped by
 * the acknowledgement, which also rides on requests. A question that found us with a gap, or came before what
 * it asks for, is answered again when that is here.
 */
export class Acknowledging {
  readonly #shared: Shared;
  #ackAt: Instant = NEVER;
  #unacknowledged = 0;
  #nackAt: Instant = NEVER;
  /** Our contiguous prefix when the gap was looked at last. */
  #gapAt = -1;
  /** The highest message that we know to exist. */
  #known = 0;
  /** The message up to which we were asked and did not have everything; 0: none. */
  #owed = 0;
  /** When the other members are told how far we have everything. */
  #tellAt: Instant = NEVER;
  /** The safe message up to which they wait to be told; 0: none. */
  #untold = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** A message of the stream has come. */
  arrived(
    seq: number,
    { atOnce, safe }: { readonly atOnce: boolean; readonly safe: boolean },
  ): void {
    this.#known = Math.max(this.#known, seq);
    this.#unacknowledged += 1;
    const shared = this.#shared;
    if (safe) this.#untold = Math.max(this.#untold, seq);
    if (atOnce) this.#asked(seq);
    else this.#payOwed();
    if (this.#untold > 0 && shared.log.contiguous >= this.#untold) {
      this.#untold = 0;
      this.#tellAt = shared.now;
    }
    if (anticipates(shared.options.quiesce)) this.#anticipate();
    this.#watchGap();
  }

  #anticipate(): void {
    const { now, options } = this.#shared;
    const half = this.#unacknowledged * 2 >= options.ackWindow;
    this.#ackAt = Math.min(this.#ackAt, half ? now : now + options.idleSyncMs / 2);
  }

  /** The leader says how far the stream goes, and may want to hear from us. */
  synced(last: number, ackRequired: boolean): void {
    this.#known = Math.max(this.#known, last);
    if (ackRequired) this.#asked(last);
    this.#watchGap();
  }

  #asked(upTo: number): void {
    this.#ackAt = this.#shared.now;
    this.#owed = Math.max(this.#owed, upTo);
    this.#payOwed();
  }

  /** Something that the leader must know has changed here. */
  atOnce(): void {
    this.#ackAt = this.#shared.now;
  }

  /** A gap that was open when we were asked is closed: the leader waits to hear of it. */
  #payOwed(): void {
    if (this.#owed === 0 || this.#shared.log.contiguous < this.#owed) return;
    this.#owed = 0;
    this.#ackAt = this.#shared.now;
  }

  /** Another leader counts anew. */
  reset(): void {
    this.#owed = 0;
    this.#untold = 0;
    this.#ackAt = NEVER;
    this.#nackAt = NEVER;
    this.#tellAt = NEVER;
    this.#unacknowledged = 0;
    this.#known = this.#shared.log.contiguous;
  }

  /** The numbers that ride on what is being sent to the leader now. */
  ride(): Acknowledgement {
    this.#ackAt = NEVER;
    this.#unacknowledged = 0;
    return this.#numbers();
  }

  #numbers(): Acknowledgement {
    const shared = this.#shared;
    return {
      version: shared.footing.promised,
      joinVersion: shared.joinVersion,
      contiguous: shared.log.contiguous,
      stableSeen: shared.stable,
      pressure: shared.pressure,
    };
  }

  deadline(): Instant {
    return Math.min(this.#ackAt, this.#nackAt, this.#tellAt);
  }

  onDeadline(): void {
    const shared = this.#shared;
    const leader = shared.footing.leader;
    if (shared.footing.frozen !== 0 || leader === undefined || leader === shared.self) {
      this.#ackAt = NEVER;
      this.#nackAt = NEVER;
      this.#tellAt = NEVER;
      return;
    }
    if (this.#ackAt <= shared.now) this.#acknowledge(leader);
    if (this.#nackAt <= shared.now) this.#nack(leader);
    if (this.#tellAt <= shared.now) this.#tellOthers(leader);
  }

  #tellOthers(leader: MembershipId): void {
    const shared = this.#shared;
    this.#tellAt = NEVER;
    const { installed, self } = shared;
    if (installed === undefined || !tellEachOther(installed)) return;
    const ack = { kind: 'ack' as const, ...this.#numbers() };
    for (const member of installed.members) {
      if (member.id !== self && member.id !== leader) shared.sendTo(member, ack);
    }
  }

  #acknowledge(leader: MembershipId): void {
    this.#shared.send(leader, { kind: 'ack', ...this.ride() });
  }

  #nack(leader: MembershipId): void {
    const shared = this.#shared;
    this.#nackAt = NEVER;
    if (this.#known <= shared.log.contiguous) return;
    shared.branch('nack');
    for (const gap of shared.log.gaps(this.#known, NACK_GAPS_MAX)) {
      shared.send(leader, { kind: 'nack', version: shared.footing.promised, ...gap });
    }
    this.#nackAt = shared.now + shared.options.retryMs;
  }

  /**
   * A gap is asked for when nothing has filled it for a while. Each step forward starts that while
   * anew: the leader repairs a bounded piece at a time, and there may be another gap behind it.
   */
  #watchGap(): void {
    const shared = this.#shared;
    const { contiguous } = shared.log;
    if (this.#known <= contiguous) {
      this.#nackAt = NEVER;
    } else if (this.#nackAt === NEVER || this.#gapAt !== contiguous) {
      this.#gapAt = contiguous;
      this.#nackAt = shared.now + NACK_DELAY_MS;
    }
  }
}

/** How long a gap may close by itself, or its repair pause, before what is missing is asked for. */
const NACK_DELAY_MS = 10;
/** How many gaps are asked for at a time; the leader sends a bounded piece of each. */
const NACK_GAPS_MAX = 4;
