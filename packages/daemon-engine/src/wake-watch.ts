import { type Instant, NEVER } from '@group-services/core';
import type { GroupSession } from './group-session.js';
import type { NameServerLink } from './name-server-link.js';
import type { Shared } from './shared.js';

/**
 * A daemon that was away (its machine slept, its process was stopped) for longer than others wait for a
 * sign of life wakes up in groups that may have removed it. It notices by its own timers, which go off
 * late: between two heartbeats it was silent for longer than `suspectAfterMs`. Then no group here hands
 * anything out (events, snapshots, approvals, answers) before the name server has answered a renewal that
 * was sent *after* waking, or somebody of the group has answered a question that was
 * (`metagroup/src/waking.ts`); whichever comes first.
 *
 * One timer runs from waking until the name server has been heard, or cannot be reached for a lease. The
 * other one, `beat`, goes off with every heartbeat while there are groups, for the daemon that has no other
 * that would be late: alone in its groups it owes nobody a heartbeat, and without a connection to the name
 * server no renewal.
 */
export class WakeWatch {
  readonly #shared: Shared;
  readonly #ports: WakeWatchPorts;
  #wokenAt: Instant = Number.NEGATIVE_INFINITY;
  #lookAt: Instant = NEVER;
  #beatAt: Instant = NEVER;

  constructor(shared: Shared, ports: WakeWatchPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** Called before anything else in a step: nothing that was said before may be believed any more. */
  look(): void {
    const { now, options } = this.#shared;
    const { peersDue, nameServer, sessions } = this.#ports;
    const late = now - Math.min(peersDue(), nameServer.renewDue, this.#beatAt);
    this.#beat();
    // All steps of one turn have the same time.
    if (late <= options.suspectAfterMs - options.heartbeatMs || now === this.#wokenAt) return;
    const inGroups = sessions().filter(({ metagroup }) => metagroup !== undefined);
    if (inGroups.length === 0) return;
    this.#wokenAt = now;
    this.#lookAt = now + nameServer.leaseMs;
    this.#shared.waking = true;
    this.#shared.log('warn', 'was away, and waits until it is heard', {
      awayMs: Math.round(late),
      groups: inGroups.length,
    });
    for (const session of inGroups) session.tellMetagroup({ kind: 'woken' });
    nameServer.renewNow();
  }

  /** The name server has answered what was asked at that time; true when that ends the waiting. */
  heard(askedAt: Instant | undefined): boolean {
    if (!this.#shared.waking || askedAt === undefined || askedAt < this.#wokenAt) return false;
    this.#shared.waking = false;
    this.#lookAt = NEVER;
    this.#shared.log('info', 'heard of the name server since it was away');
    return true;
  }

  /** Begins and ends with the first and the last group. */
  #beat(): void {
    const { now, options } = this.#shared;
    if (this.#ports.groups() === 0) this.#beatAt = NEVER;
    else if (this.#beatAt === NEVER || this.#beatAt <= now)
      this.#beatAt = now + options.heartbeatMs;
  }

  deadline(): Instant {
    return Math.min(this.#lookAt, this.#beatAt);
  }

  onDeadline(): void {
    const { now } = this.#shared;
    const { nameServer, sessions } = this.#ports;
    if (now < this.#lookAt) return;
    this.#lookAt = now + nameServer.leaseMs;
    if (nameServer.isConnected) return;
    for (const session of sessions()) session.tellMetagroup({ kind: 'unanswered' });
  }
}

/** What the watch looks at. */
export interface WakeWatchPorts {
  /** When the next heartbeat or verdict is due. */
  readonly peersDue: () => Instant;
  readonly nameServer: NameServerLink;
  readonly sessions: () => readonly GroupSession[];
  readonly groups: () => number;
}
