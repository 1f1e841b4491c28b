import { type DaemonId, type Instant, type NodeName, nodeOf } from '@group-services/core';
import type { Reading } from './reading.js';

/**
 * Connections and leases, one per node: those of its newest daemon (`internal-layer.md` §2,
 * leases). Nothing of it outlives a restart; the caller decides what an unknown daemon means.
 */
export class Roster {
  readonly #leaseMs: number;
  readonly #reading: Reading;
  readonly #presences = new Map<NodeName, Presence>();

  constructor(leaseMs: number, reading: Reading) {
    this.#leaseMs = leaseMs;
    this.#reading = reading;
  }

  /** Starts a lease; forgets what was known of an older daemon of the node. */
  connect(daemon: DaemonId, now: Instant, facts: DaemonFacts = {}): void {
    this.#presences.set(nodeOf(daemon), {
      daemon,
      connected: true,
      leaseUntil: now + this.#leaseMs,
      stopped: false,
      heardAt: now,
      lookupNumber: 0,
      facts,
    });
  }

  disconnect(daemon: DaemonId): void {
    const presence = this.#presence(daemon);
    if (presence !== undefined) presence.connected = false;
  }

  /** Lengthens a lease. */
  renew(daemon: DaemonId, now: Instant): void {
    const presence = this.#presence(daemon);
    if (presence === undefined) return;
    presence.leaseUntil = now + this.#leaseMs;
    presence.stopped = false;
    presence.heardAt = now;
  }

  /** The daemon stops: its lease ends now. */
  end(daemon: DaemonId): void {
    const presence = this.#presence(daemon);
    if (presence === undefined) return;
    presence.leaseUntil = Number.NEGATIVE_INFINITY;
    presence.stopped = true;
  }

  forget(node: NodeName): void {
    this.#presences.delete(node);
  }

  isConnected(daemon: DaemonId): boolean {
    return this.#presence(daemon)?.connected === true;
  }

  /** Its process, where it has said so. */
  pidOf(daemon: DaemonId): number | undefined {
    return this.#presence(daemon)?.facts.pid;
  }

  /** Whether it can be asked if it is there. */
  canSayThatItLives(daemon: DaemonId): boolean {
    return this.#presence(daemon)?.facts.saysThatItLives === true;
  }

  /** Whether it has stopped in order, and not merely gone silent; as far as is known since this start. */
  hasStopped(daemon: DaemonId): boolean {
    return this.#presence(daemon)?.stopped === true;
  }

  standing(daemon: DaemonId, now: Instant): Standing {
    const presence = this.#presence(daemon);
    if (presence === undefined) return 'unknown';
    return presence.leaseUntil > this.readUpTo(daemon, now) ? 'fresh' : 'expired';
  }

  /** How much of its lease is left, as far as we have read what it said; 0: nothing. */
  leaseLeftMs(daemon: DaemonId, now: Instant): number {
    const until = this.#presence(daemon)?.leaseUntil ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, until - this.readUpTo(daemon, now));
  }

  /** Nothing may be concluded from what it has not said since. */
  readUpTo(daemon: DaemonId, now: Instant): Instant {
    return this.#reading.upTo(daemon, now);
  }

  /** Its last sign of life; undefined when it has not connected since this start. */
  heardAt(daemon: DaemonId): Instant | undefined {
    return this.#presence(daemon)?.heardAt;
  }

  /** When the lease of a daemon ends; undefined when it has not connected since this start. */
  leaseUntil(daemon: DaemonId): Instant | undefined {
    return this.#presence(daemon)?.leaseUntil;
  }

  /** Notes the number of a look-up; false when a higher one was there before. */
  acceptLookup(daemon: DaemonId, number: number): boolean {
    const presence = this.#presence(daemon);
    if (presence === undefined || number < presence.lookupNumber) return false;
    presence.lookupNumber = number;
    return true;
  }

  #presence(daemon: DaemonId): Presence | undefined {
    const presence = this.#presences.get(nodeOf(daemon));
    return presence?.daemon === daemon ? presence : undefined;
  }
}

/** What is known of a daemon since this start of the name server. */
interface Presence {
  readonly daemon: DaemonId;
  connected: boolean;
  /** The end of its lease. */
  leaseUntil: Instant;
  /** It has said goodbye. */
  stopped: boolean;
  /** When it connected or renewed its lease last. */
  heardAt: Instant;
  /** The number of its last look-up on this connection; lower ones are late duplicates. */
  lookupNumber: number;
  readonly facts: DaemonFacts;
}

/** What a daemon says of itself in its HELLO, beside what is kept. */
export interface DaemonFacts {
  readonly pid?: number | undefined;
  /** It answers when it is asked whether it is there. */
  readonly saysThatItLives?: boolean | undefined;
}

/** How a daemon stands. */
export type Standing =
  | 'fresh'
  | 'expired'
  /** It has not connected since this start. */
  | 'unknown';
