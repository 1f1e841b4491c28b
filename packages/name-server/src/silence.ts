import { type DaemonId, type Instant, NEVER } from '@group-services/core';
import type { Roster } from './roster.js';

/** What a daemon does that has no contact with us for a lease (`metagroup-protocol.md` §2). */
export type Isolation = 'continue' | 'suspend';

/** How much two clocks may differ over a lease: far more than clocks that are kept in time do. */
const DRIFT = 0.1;

/**
 * After so long without a sign of life a daemon has suspended its groups, in milliseconds. It measures
 * its lease from the sending of a renewal and we from its arrival, so that drift is all that counts.
 */
export function leastSilence(leaseMs: number): number {
  return leaseMs + Math.ceil(leaseMs * DRIFT);
}

/** What silence is judged by. */
export interface SilenceContext {
  readonly roster: Roster;
  readonly leaseMs: number;
  /** Undefined: silence never counts (policy `continue`). */
  readonly anewAfterMs: number | undefined;
}

/**
 * Policy `suspend`: whose groups may be started anew because they have been silent for so long that
 * they have suspended themselves.
 *
 * Who was late itself accuses nobody: after our own start, and after a pause of our own process, all
 * silence is counted anew. For that we look at the clock once a lease; the timer runs with the policy.
 */
export class Silence {
  readonly #context: SilenceContext;
  /** No silence began before. */
  #since: Instant = Number.POSITIVE_INFINITY;
  #lookAt: Instant = NEVER;

  constructor(context: SilenceContext) {
    this.#context = context;
  }

  /** To be called first in every step. */
  step(now: Instant): void {
    const { anewAfterMs, leaseMs } = this.#context;
    if (anewAfterMs === undefined) return;
    const wasLate = this.#lookAt !== NEVER && now > this.#lookAt + leaseMs / 2;
    if (this.#lookAt === NEVER || wasLate) this.#since = now;
    if (this.#lookAt === NEVER || now >= this.#lookAt) this.#lookAt = now + leaseMs;
  }

  deadline(): Instant {
    return this.#lookAt;
  }

  isSilent(daemon: DaemonId, now: Instant): boolean {
    const { anewAfterMs, roster } = this.#context;
    if (anewAfterMs === undefined) return false;
    const heardAt = roster.heardAt(daemon) ?? this.#since;
    return now >= Math.max(heardAt, this.#since) + anewAfterMs;
  }
}
