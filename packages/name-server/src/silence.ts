import { type DaemonId, type Instant, NEVER } from '@group-services/core';
import type { Roster } from './roster.js';

/**
 * How long daemons have been silent, and whose silence says that nothing of them can be live any more:
 * under the policy `suspend` everybody's, after a while, and that of ephemeral daemons under any policy.
 *
 * Who was late itself accuses nobody: after our own start, and after a pause of our own process, all
 * silence is counted anew. For that we look at the clock four times a lease.
 */
export class Silence {
  readonly #ports: SilencePorts;
  /** No silence began before. */
  #since: Instant = Number.POSITIVE_INFINITY;
  #lookAt: Instant = NEVER;

  constructor(ports: SilencePorts) {
    this.#ports = ports;
  }

  /** To be called first in every step. */
  step(now: Instant): void {
    const every = this.#ports.leaseMs / LOOKS;
    const wasLate = this.#lookAt !== NEVER && now > this.#lookAt + every;
    if (this.#lookAt === NEVER || wasLate) this.#since = now;
    if (this.#lookAt === NEVER || now >= this.#lookAt) this.#lookAt = now + every;
  }

  deadline(): Instant {
    return this.#lookAt;
  }

  /** Whether nothing of this daemon can be live any more. */
  isSilent(daemon: DaemonId, now: Instant): boolean {
    const afterMs = this.#afterMs(daemon);
    return afterMs !== undefined && this.lastsMs(daemon, now) >= afterMs;
  }

  /** How long it has been silent, as far as we would have heard it. */
  lastsMs(daemon: DaemonId, now: Instant): number {
    const { roster } = this.#ports;
    const heardAt = roster.heardAt(daemon) ?? this.#since;
    return roster.readUpTo(daemon, now) - Math.max(heardAt, this.#since);
  }

  #afterMs(daemon: DaemonId): number | undefined {
    const { anewAfterMs, leaseMs, isEphemeral } = this.#ports;
    if (!isEphemeral(daemon)) return anewAfterMs;
    return leastSilence(leaseMs);
  }
}

/** What a daemon does that has no contact with us for a lease (`internal-layer.md` §2). */
export type Isolation = 'continue' | 'suspend';

/** How much two clocks may differ over a lease: far more than clocks that are kept in time do. */
const DRIFT = 0.1;

/**
 * After so long without a sign of life a daemon that stands still without us does so, in milliseconds. It
 * measures its lease from the sending of a renewal and we from its arrival, so that drift is all that
 * counts.
 */
export function leastSilence(leaseMs: number): number {
  return leaseMs + Math.ceil(leaseMs * DRIFT);
}

/** Looks at our own clock per lease: a pause of our own of twice that is noticed. */
const LOOKS = 4;

/** What silence is judged by. */
export interface SilencePorts {
  readonly roster: Roster;
  readonly leaseMs: number;
  /** Undefined: silence alone never counts (policy `continue`), but for ephemeral daemons. */
  readonly anewAfterMs: number | undefined;
  /** Whether this daemon will not return under its name, and stands still without us. */
  readonly isEphemeral: (daemon: DaemonId) => boolean;
}
