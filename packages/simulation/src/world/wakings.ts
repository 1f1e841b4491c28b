import type { DaemonId, Instant } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import type { Shared } from './shared.js';

/**
 * Watches one daemon that was away: what it hands out before anything reaches it that another program
 * has said since it goes on. All that lay in its sockets is older.
 */
export class Wakings {
  readonly #shared: Pick<Shared, 'profile' | 'time' | 'witnesses' | 'counters'>;
  readonly #daemon: DaemonId;
  #pausedAt: Instant | undefined;
  #wokenAt: Instant | undefined;

  constructor(
    shared: Pick<Shared, 'profile' | 'time' | 'witnesses' | 'counters'>,
    daemon: DaemonId,
  ) {
    this.#shared = shared;
    this.#daemon = daemon;
  }

  paused(): void {
    this.#pausedAt ??= this.#shared.time.now;
  }

  resumed(): void {
    const { profile, time, witnesses, counters } = this.#shared;
    const awayMs = time.now - (this.#pausedAt ?? time.now);
    this.#pausedAt = undefined;
    if (awayMs <= profile.timing.suspectAfterMs * (1 + profile.timing.clockDrift)) return;
    counters.count('daemons that were away for long');
    this.#wokenAt = time.now;
    witnesses.presence({ at: time.now, daemon: this.#daemon, kind: 'woken' });
  }

  /** Another program said something at that time. */
  heard(sentAt: Instant): void {
    if (this.#wokenAt === undefined || sentAt < this.#wokenAt) return;
    this.#wokenAt = undefined;
    this.#shared.witnesses.presence({
      at: this.#shared.time.now,
      daemon: this.#daemon,
      kind: 'heard',
    });
  }

  handsOut(group: string | undefined, { kind: what }: ToClient): void {
    if (this.#wokenAt === undefined || group === undefined || !CONTENT.has(what)) return;
    const { profile, time, witnesses } = this.#shared;
    const { leaseMs, clockDrift } = profile.timing;
    // Alone, and without a name server for a lease, it may go on (ADR 0024).
    if (time.now >= this.#wokenAt + leaseMs * (1 - clockDrift)) return;
    witnesses.presence({ at: time.now, daemon: this.#daemon, kind: 'handsOut', group, what });
  }
}

/** What tells a process something of its group, or that something was done in it. */
const CONTENT: ReadonlySet<ToClient['kind']> = new Set([
  'announcement',
  'approved',
  'ballot',
  'joined',
  'message',
  'rejected',
  'rider',
  'snapshot',
  'subscribed',
]);
