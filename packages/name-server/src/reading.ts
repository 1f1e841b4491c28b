import { type DaemonId, type DeadlineReached, heardUpTo, type Instant } from '@group-services/core';

/**
 * How far we have read what daemons have said. What waits for us, in our own queue or in the operating
 * system, may be a renewal or the answer to a probe: so leases and probes are over by what has been read,
 * not by the clock. We learn it with each deadline, several times a lease; in between we count on being as
 * far behind as we were.
 */
export class Reading {
  #behindMs = 0;
  #unreadMs: ReadonlyMap<DaemonId, number> = new Map();

  note(input: DeadlineReached, now: Instant): void {
    this.#behindMs = Math.max(0, now - (input.readUpTo ?? now));
    this.#unreadMs = new Map([...(input.readOf ?? [])].map(([daemon, at]) => [daemon, now - at]));
  }

  /** Up to when it is known what this daemon has said. */
  upTo(daemon: DaemonId, now: Instant): Instant {
    const unreadMs = this.#unreadMs.get(daemon) ?? 0;
    return heardUpTo({ readUpTo: now - Math.max(this.#behindMs, unreadMs) }, daemon, now);
  }
}
