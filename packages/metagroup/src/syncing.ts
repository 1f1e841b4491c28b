import { type Instant, NEVER } from '@group-services/core';
import type { Leading } from './leading.js';
import type { Membership } from './membership.js';

/**
 * When the leader sends SYNC (`metagroup-protocol.md` §3, M13): numbers without a message.
 *
 * At the end of a turn in which stability reached a safe message, because members wait for that number
 * to deliver; after the retry time while something safe is not stable; after the idle limit while any
 * member has not everything or does not know that all have it. It repeats until every `stableSeen`
 * equals the last number, since the last message, or the last number itself, may be the one lost.
 */
export class Syncing {
  readonly #m: Membership;
  readonly #leading: Leading;
  /** Whether some member may wait for the highest safe message, or for the news that it is stable. */
  #safeOpen = false;
  /** The highest safe message placed, and up to where `stable` was announced to members. */
  #lastSafe = 0;
  #announceAt: Instant = NEVER;
  #repeatAt: Instant = NEVER;

  constructor(membership: Membership, leading: Leading) {
    this.#m = membership;
    this.#leading = leading;
  }

  /** A message was placed and sent; the newest `stable` went with it. */
  placed(safe: boolean): void {
    this.#announceAt = NEVER;
    if (safe) {
      this.#lastSafe = this.#leading.last;
      this.#safeOpen = true;
    }
    this.#repeatAt = this.#m.now + this.#interval();
  }

  stableAdvanced(): void {
    const m = this.#m;
    if (m.delivered < this.#lastSafe) this.#announceAt = m.now;
    if (this.#repeatAt === NEVER) this.#repeatAt = m.now + this.#interval();
  }

  /** Syncs at the end of this turn instead of after the idle limit. */
  now(): void {
    this.#repeatAt = this.#m.now;
  }

  /** Whether every member has everything and knows that all have it. */
  get quiesced(): boolean {
    const last = this.#leading.last;
    if (this.#m.stable < last) return false;
    for (const progress of this.#leading.stability.members()) {
      if (progress.contiguous < last || progress.stableSeen < last) return false;
    }
    return true;
  }

  deadline(): Instant {
    return Math.min(this.#announceAt, this.#repeatAt);
  }

  onDeadline(): void {
    const m = this.#m;
    if (this.#announceAt <= m.now) this.#announce();
    if (this.#repeatAt <= m.now) this.#repeat();
  }

  /** Tells everybody the new `stable`, so that safe messages are delivered everywhere. */
  #announce(): void {
    this.#announceAt = NEVER;
    for (const progress of this.#leading.stability.members()) {
      if (progress.full) this.#leading.sendSync(progress.member.id, false);
    }
  }

  #repeat(): void {
    const m = this.#m;
    if (this.quiesced) {
      this.#repeatAt = NEVER;
      return;
    }
    this.#repeatAt = m.now + this.#interval();
    const last = this.#leading.last;
    for (const progress of this.#leading.stability.members()) {
      if (!progress.full) continue;
      if (progress.contiguous >= last && progress.stableSeen >= last) continue;
      m.branch('sync');
      this.#leading.sendSync(progress.member.id, true);
    }
  }

  /** Soon while somebody waits for a safe message, otherwise after the idle limit. */
  #interval(): number {
    const { options } = this.#m;
    return this.#m.leaving || this.#safeAwaited() ? options.retryMs : options.idleSyncMs;
  }

  /** Whether a safe message is not stable, or some member does not know that it is. */
  #safeAwaited(): boolean {
    if (!this.#safeOpen) return false;
    if (this.#m.stable < this.#lastSafe) return true;
    for (const progress of this.#leading.stability.members()) {
      if (progress.full && progress.stableSeen < this.#lastSafe) return true;
    }
    this.#safeOpen = false;
    return false;
  }
}
