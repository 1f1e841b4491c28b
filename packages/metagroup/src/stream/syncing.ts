import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { isPressed } from '../pressure.js';
import { DOUBLINGS_MAX } from '../repetition.js';
import type { Shared } from '../shared.js';
import { tellEachOther } from './mutual.js';
import { type Asking, repeatsTheLast } from './quiescing.js';
import type { Progress, Stability } from './stability.js';

/**
 * When the leader sends SYNC (`internal-layer.md` §3, M13): numbers without a message.
 *
 * At the end of a turn in which stability reached a safe message, because members wait for that number
 * to deliver, a little later where they tell each other (ADR 0050); after the retry time while something
 * safe is not stable; after the idle limit while any member has not everything or does not know that all
 * have it. It repeats until every `stableSeen` equals the last number, since the last message, or the last
 * number itself, may be the one lost.
 * What the quiesce modes change of this is in `quiescing.ts`.
 */
export class Syncing {
  readonly #shared: Shared;
  readonly #leading: SyncingPorts;
  /** Whether some member may wait for the highest safe message, or for the news that it is stable. */
  #safeOpen = false;
  /** The highest safe message placed, and up to where `stable` was announced to members. */
  #lastSafe = 0;
  #announceAt: Instant = NEVER;
  #repeatAt: Instant = NEVER;
  /** SYNCs in a row that have changed nothing: the wait grows with them. */
  #doublings = 0;
  /** When members without progress are asked although traffic goes on. */
  #overdueAt: Instant = NEVER;
  /** When members that press are asked whether they still do. */
  #pressureAt: Instant = NEVER;

  constructor(shared: Shared, leading: SyncingPorts) {
    this.#shared = shared;
    this.#leading = leading;
  }

  /** A message was placed and sent; the newest `stable` went with it. */
  placed(safe: boolean, asking: Asking): void {
    const { now } = this.#shared;
    if (asking !== 'nothing' || this.#overdueAt === NEVER) this.#overdueAt = now + this.#overdue;
    this.#announceAt = NEVER;
    if (safe) {
      this.#lastSafe = this.#leading.last;
      this.#safeOpen = true;
    }
    this.#doublings = 0;
    this.#repeatAt = now + this.#interval();
    if (asking === 'sync-behind') this.ask();
  }

  stableAdvanced(): void {
    const shared = this.#shared;
    this.#doublings = 0;
    if (shared.delivered < this.#lastSafe) {
      const at = shared.now + (this.#membersTell() ? ANNOUNCE_LATER_MS : 0);
      this.#announceAt = Math.min(this.#announceAt, at);
    }
    this.#repeatAt = Math.min(this.#repeatAt, shared.now + this.#interval());
  }

  /** Whether every member hears from the others as soon as from us that a safe message is stable. */
  #membersTell(): boolean {
    const { entry, stability } = this.#leading;
    if (this.#shared.installed?.version !== entry.version || !tellEachOther(entry)) return false;
    return stability.members().every(({ full }) => full);
  }

  /** Syncs at the end of this turn instead of after the idle limit. */
  now(): void {
    this.#repeatAt = this.#shared.now;
  }

  /** Asks every member that lags to acknowledge, now. */
  ask(): void {
    for (const progress of this.#leading.stability.members()) {
      if (progress.full && progress.contiguous < this.#leading.last) this.#sync(progress);
    }
  }

  /** Whether every member has everything and knows that all have it. */
  get isQuiesced(): boolean {
    const last = this.#leading.last;
    if (this.#shared.stable < last) return false;
    for (const progress of this.#leading.stability.members()) {
      if (progress.contiguous < last || progress.stableSeen < last) return false;
    }
    return true;
  }

  deadline(): Instant {
    return Math.min(this.#announceAt, this.#repeatAt, this.#overdueAt, this.#pressureAt);
  }

  onDeadline(): void {
    const shared = this.#shared;
    if (this.#announceAt <= shared.now) this.#announce();
    if (this.#repeatAt <= shared.now) this.#repeat();
    if (this.#overdueAt <= shared.now) this.#askOverdue();
    if (this.#pressureAt <= shared.now) this.#askPressing();
  }

  /** Tells everybody the new `stable`, so that safe messages are delivered everywhere. */
  #announce(): void {
    this.#announceAt = NEVER;
    this.#leading.announce();
  }

  #repeat(): void {
    const shared = this.#shared;
    if (this.isQuiesced) {
      this.#repeatAt = NEVER;
      this.#overdueAt = NEVER;
      return;
    }
    this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
    this.#repeatAt = shared.now + this.#interval();
    this.#overdueAt = shared.now + this.#overdue;
    const last = this.#leading.last;
    const repeats = repeatsTheLast(shared.options.quiesce);
    for (const progress of this.#leading.stability.members()) {
      if (!progress.full) continue;
      if (progress.contiguous >= last && progress.stableSeen >= last) continue;
      if (repeats && progress.contiguous < last) this.#sendLastAgain(progress);
      else this.#sync(progress);
    }
  }

  #sync(progress: Progress): void {
    this.#shared.branch('sync');
    this.#leading.sendSync(progress.member.id, true);
  }

  /** The last message as an AckRequired one; it is retained, since this member may not have it. */
  #sendLastAgain(progress: Progress): void {
    this.#shared.branch('converted');
    this.#leading.resend(progress, this.#leading.last, this.#leading.last);
  }

  /**
   * Traffic puts the idle limit off. Who acknowledges only when asked would then look as if it made no
   * progress, and our members need not have been started with the mode that we have.
   */
  #askOverdue(): void {
    const shared = this.#shared;
    this.#overdueAt = shared.now + this.#overdue;
    for (const progress of this.#leading.stability.members()) {
      if (!progress.full || progress.contiguous >= this.#leading.last) continue;
      if (shared.now - progress.progressAt >= this.#overdue) this.#sync(progress);
    }
  }

  /** From now on members that press are asked, or no more. */
  watchPressure(pressed: boolean): void {
    this.#pressureAt = pressed ? this.#shared.now + this.#shared.options.retryMs : NEVER;
  }

  /** The acknowledgement that says that it is over may be lost; nothing else would follow it. */
  #askPressing(): void {
    this.#pressureAt = this.#shared.now + this.#shared.options.retryMs;
    for (const progress of this.#leading.stability.members()) {
      if (isPressed(progress.pressure)) this.#sync(progress);
    }
  }

  get #overdue(): number {
    return this.#shared.options.slowMemberTimeoutMs / LOOKS_BEFORE_SLOW;
  }

  /** Soon while somebody waits for a safe message, otherwise after the idle limit. */
  #interval(): number {
    const { options, waits } = this.#shared;
    if (!this.#shared.leaving && !this.#safeAwaited()) return options.idleSyncMs;
    const firstMs = waits.ofMembers.waitMs();
    return Math.min(firstMs * 2 ** this.#doublings, Math.max(options.idleSyncMs, firstMs));
  }

  /** Whether a safe message is not stable, or some member does not know that it is. */
  #safeAwaited(): boolean {
    if (!this.#safeOpen) return false;
    if (this.#shared.stable < this.#lastSafe) return true;
    for (const progress of this.#leading.stability.members()) {
      if (progress.full && progress.stableSeen < this.#lastSafe) return true;
    }
    this.#safeOpen = false;
    return false;
  }
}

/** A member without progress is looked for so often within the time after which it counts as slow. */
const LOOKS_BEFORE_SLOW = 4;
/** For members that have not heard each other; where traffic goes on its next message says the same. */
const ANNOUNCE_LATER_MS = 5;

/** What is synced: the stream of an active leader. */
export interface SyncingPorts {
  /** The number of the message that was placed last. */
  readonly last: number;
  /** The newest accepted list. */
  readonly entry: Entry;
  readonly stability: Stability;
  /** Tells members how far the stream is stable. */
  announce(): void;
  sendSync(to: MembershipId, ackRequired: boolean): void;
  resend(progress: Progress, from: number, to: number): void;
}
