import type { DaemonId, Instant } from '@group-services/core';
import type { PeerStatus, SuspicionReason } from './inputs.js';

/**
 * The evidence about one watched daemon, that is about one incarnation.
 *
 * Two clocks run: since when it is silent, and since when it has not said that it hears us. Both start
 * with full credit when it is first watched. The second one counts in full only when its last heartbeat
 * denied that it hears us: one whose heartbeats are late while other things come of it is busy.
 */
export class Peer {
  readonly daemon: DaemonId;
  suspicion: SuspicionReason | undefined;
  /** Its link closed, and one dial is to show whether it lives. */
  isProbed = false;
  isStopping = false;
  /** Something was heard since it was watched, or since its link closed for good. */
  #heard = false;
  #silentSince: Instant;
  #unheardSince: Instant;
  /** Since when its heartbeats do not name us; undefined: the last one did, or there was none. */
  #deniedSince: Instant | undefined;

  constructor(daemon: DaemonId, now: Instant) {
    this.daemon = daemon;
    this.#silentSince = now;
    this.#unheardSince = now;
    this.#deniedSince = undefined;
  }

  /** A sign of life. */
  hear(now: Instant): void {
    this.#heard = true;
    this.#silentSince = now;
    this.isProbed = false;
  }

  /** It says that it hears us. */
  hearsUs(now: Instant): void {
    this.#unheardSince = now;
    this.#deniedSince = undefined;
  }

  /** It does not say that it hears us. */
  deniesUs(now: Instant): void {
    this.#deniedSince ??= now;
  }

  /** Both clocks start anew. */
  forgive(now: Instant): void {
    this.#silentSince = now;
    this.#unheardSince = now;
    this.#deniedSince = undefined;
  }

  /** What was heard before says nothing any more. */
  suspect(why: SuspicionReason): void {
    this.suspicion = why;
    this.isProbed = false;
    if (why !== 'deaf') this.#heard = false;
  }

  /** Whether we can say that we hear it. */
  isHeard(now: Instant, suspectAfterMs: number): boolean {
    return this.#heard && now < this.#silentSince + suspectAfterMs;
  }

  /** When it will be suspected unless something is heard. */
  limit(suspectAfterMs: number): Instant {
    return Math.min(this.#silentSince + suspectAfterMs, this.#deafAt(suspectAfterMs));
  }

  /** What the clocks say; the same sums as in `limit`, so that rounding cannot tell them apart. */
  verdict(now: Instant, suspectAfterMs: number): 'silent' | 'deaf' | undefined {
    if (now >= this.#silentSince + suspectAfterMs) return 'silent';
    return now >= this.#deafAt(suspectAfterMs) ? 'deaf' : undefined;
  }

  #deafAt(suspectAfterMs: number): Instant {
    const busyUntil = this.#unheardSince + suspectAfterMs * BUSY_TIMES;
    if (this.#deniedSince === undefined) return busyUntil;
    // One denial is not enough: it may be the first word after a long time.
    const least = this.#deniedSince + suspectAfterMs / 2;
    return Math.min(busyUntil, Math.max(this.#unheardSince + suspectAfterMs, least));
  }

  status(now: Instant): PeerStatus {
    return {
      daemon: this.daemon,
      suspected: this.suspicion ?? null,
      heardMsAgo: this.#heard ? Math.round(now - this.#silentSince) : null,
      hearsUsMsAgo: Math.round(now - this.#unheardSince),
    };
  }
}

/** A peer of which much is heard, but no heartbeat, is waited for so many times as long. */
const BUSY_TIMES = 4;
