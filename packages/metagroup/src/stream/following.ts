import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Data, GroupControl, LeaderStamp, Sync } from '@group-services/wire';
import type { Membership } from '../membership.js';
import { Acknowledging } from './acknowledging.js';
import type { Delivery } from './delivery.js';

type SnapshotChunk = Extract<GroupControl, { readonly kind: 'snapshot' }>;

/** What following needs of its neighbours. */
export interface FollowingPorts {
  readonly delivery: Delivery;
  /** A leader of a higher version speaks while we lead or claim. */
  readonly deposed: () => void;
  /** The leader, or the term in which it leads, is another one than before. */
  readonly newTerm: () => void;
  /** Own submissions that have become contiguous. */
  readonly contiguous: (counter: number) => void;
  /** Whether any of them is waited for. */
  readonly submitting: () => boolean;
}

/** A speaker of a lower version is told so this often at most. */
const STALE_EVERY_MS = 100;

/**
 * A full member's side of the stream (`internal-layer.md` §3 and §8.5): takes the leader's
 * messages in, puts them in order, and obeys only leaders of the promised version or a higher one.
 *
 * The first message whose `since` equals the promise ends a freeze: everything above our contiguous
 * prefix is dropped, because the new leader's cut decides what comes there. A message whose `since` is
 * above the promise is ignored: a takeover is not over before we have answered it.
 */
export class Following {
  readonly #m: Membership;
  readonly #ports: FollowingPorts;
  readonly acknowledging: Acknowledging;
  #staleAllowedAt: Instant = 0;

  constructor(membership: Membership, ports: FollowingPorts) {
    this.#m = membership;
    this.#ports = ports;
    this.acknowledging = new Acknowledging(membership);
  }

  onData(from: MembershipId, data: Data): void {
    if (!this.#obey(from, data)) return;
    const m = this.#m;
    const entry = data.entry;
    const before = m.log.contiguous;
    const isNew = m.log.put(entry);
    if (!isNew && m.options.tally !== undefined) m.options.tally.receivedAgain += 1;
    this.acknowledging.arrived(entry.seq, data.ackRequired || entry.safe || entry.view);
    if (m.log.contiguous !== before && this.#ports.submitting()) this.#dropOwn(before);
    this.#ports.delivery.run();
  }

  /** A chunk of the snapshot that we have installed: our acknowledgement of it was lost. */
  onChunk(from: MembershipId, chunk: SnapshotChunk): void {
    const m = this.#m;
    if (chunk.position > m.delivered) return;
    const { version, position, chunks, attempt } = chunk;
    const numbered = attempt === undefined ? {} : { attempt };
    m.send(from, { kind: 'snapshot-received', version, position, next: chunks, ...numbered });
  }

  onSync(from: MembershipId, sync: Sync): void {
    if (!this.#obey(from, sync)) return;
    this.acknowledging.synced(sync.last, sync.ackRequired);
    this.#ports.delivery.run();
  }

  /** Whether the speaker is our leader; takes over what its stamp says if so. */
  #obey(from: MembershipId, stamp: LeaderStamp): boolean {
    const m = this.#m;
    if (m.status !== 'member' || from === m.self) return false;
    if (stamp.version < m.footing.promised) {
      this.#tellStale(from);
      return false;
    }
    if (stamp.since > m.footing.promised) return false;
    if (!m.footing.awaits(stamp.since)) return false;
    if (m.footing.leader === m.self) this.#ports.deposed();
    const newTerm = m.footing.isNewTerm(from, stamp);
    m.footing.obey(from, stamp);
    if (newTerm) {
      m.log.dropAboveContiguous();
      this.acknowledging.reset();
      this.#ports.newTerm();
    }
    if (stamp.stable > m.stable) m.stable = stamp.stable;
    return true;
  }

  #tellStale(from: MembershipId): void {
    const m = this.#m;
    if (m.now < this.#staleAllowedAt) return;
    this.#staleAllowedAt = m.now + STALE_EVERY_MS;
    m.send(from, { kind: 'stale', generation: m.footing.generation, version: m.footing.promised });
  }

  #dropOwn(before: number): void {
    const m = this.#m;
    for (let seq = before + 1; seq <= m.log.contiguous; seq += 1) {
      const entry = m.log.get(seq);
      if (entry !== undefined && entry.origin === m.self && entry.counter > 0) {
        this.#ports.contiguous(entry.counter);
      }
    }
  }

  deadline(): Instant {
    return this.#m.status === 'member' ? this.acknowledging.deadline() : NEVER;
  }

  onDeadline(): void {
    this.acknowledging.onDeadline();
  }
}
