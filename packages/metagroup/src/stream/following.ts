import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Acknowledgement, Data, GroupControl, LeaderStamp, Sync } from '@group-services/wire';
import type { Shared } from '../shared.js';
import { Acknowledging } from './acknowledging.js';
import type { Delivery } from './delivery.js';
import { MutualStability } from './mutual.js';

/**
 * A full member's side of the stream (`internal-layer.md` §3 and §8.5): takes the leader's
 * messages in, puts them in order, and obeys only leaders of the promised version or a higher one.
 *
 * The first message whose `since` equals the promise ends a freeze: everything above our contiguous
 * prefix is dropped, because the new leader's cut decides what comes there. A message whose `since` is
 * above the promise is ignored: a takeover is not over before we have answered it.
 */
export class Following {
  readonly #shared: Shared;
  readonly #ports: FollowingPorts;
  readonly acknowledging: Acknowledging;
  readonly #mutual: MutualStability;
  #staleAllowedAt: Instant = 0;

  constructor(shared: Shared, ports: FollowingPorts) {
    this.#shared = shared;
    this.#ports = ports;
    this.acknowledging = new Acknowledging(shared);
    this.#mutual = new MutualStability(shared);
  }

  onData(from: MembershipId, data: Data): void {
    if (!this.#obey(from, data)) return;
    const shared = this.#shared;
    const entry = data.entry;
    const before = shared.log.contiguous;
    const isNew = shared.log.put(entry);
    if (!isNew && shared.options.tally !== undefined) shared.options.tally.receivedAgain += 1;
    const atOnce = data.ackRequired || entry.safe || entry.view;
    this.acknowledging.arrived(entry.seq, { atOnce, safe: entry.safe && !entry.view });
    if (shared.log.contiguous !== before && this.#ports.submitting()) this.#dropOwn(before);
    this.#ports.delivery.run();
    this.#deliverStable();
  }

  /** Another member tells us, and not only the leader, how far it has everything. */
  onMembersAck(from: MembershipId, ack: Acknowledgement): void {
    this.#mutual.heard(from, ack);
    this.#deliverStable();
  }

  #deliverStable(): void {
    const shared = this.#shared;
    if (shared.status !== 'member' || shared.delivered >= shared.log.contiguous) return;
    if (this.#mutual.advance()) this.#ports.delivery.run();
  }

  /** A chunk of the snapshot that we have installed: our acknowledgement of it was lost. */
  onChunk(from: MembershipId, chunk: SnapshotChunk): void {
    const shared = this.#shared;
    if (chunk.position > shared.delivered) return;
    const { version, position, chunks, attempt } = chunk;
    const numbered = attempt === undefined ? {} : { attempt };
    shared.send(from, { kind: 'snapshot-received', version, position, next: chunks, ...numbered });
  }

  onSync(from: MembershipId, sync: Sync): void {
    if (!this.#obey(from, sync)) return;
    this.acknowledging.synced(sync.last, sync.ackRequired);
    this.#ports.delivery.run();
  }

  /** Whether the speaker is our leader; takes over what its stamp says if so. */
  #obey(from: MembershipId, stamp: LeaderStamp): boolean {
    const shared = this.#shared;
    if (shared.status !== 'member' || from === shared.self) return false;
    if (stamp.version < shared.footing.promised) {
      this.#tellStale(from);
      return false;
    }
    if (stamp.since > shared.footing.promised) return false;
    if (!shared.footing.awaits(stamp.since)) return false;
    if (shared.footing.leader === shared.self) this.#ports.deposed();
    const newTerm = shared.footing.isNewTerm(from, stamp);
    shared.footing.obey(from, stamp);
    if (newTerm) {
      shared.log.dropAboveContiguous();
      this.acknowledging.reset();
      this.#mutual.newTerm();
      this.#ports.newTerm();
    }
    if (stamp.stable > shared.stable) shared.stable = stamp.stable;
    return true;
  }

  #tellStale(from: MembershipId): void {
    const shared = this.#shared;
    if (shared.now < this.#staleAllowedAt) return;
    this.#staleAllowedAt = shared.now + STALE_EVERY_MS;
    shared.send(from, {
      kind: 'stale',
      generation: shared.footing.generation,
      version: shared.footing.promised,
    });
  }

  #dropOwn(before: number): void {
    const shared = this.#shared;
    for (let seq = before + 1; seq <= shared.log.contiguous; seq += 1) {
      const entry = shared.log.get(seq);
      if (entry !== undefined && entry.origin === shared.self && entry.counter > 0) {
        this.#ports.contiguous(entry.counter);
      }
    }
  }

  deadline(): Instant {
    return this.#shared.status === 'member' ? this.acknowledging.deadline() : NEVER;
  }

  onDeadline(): void {
    this.acknowledging.onDeadline();
  }
}

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
