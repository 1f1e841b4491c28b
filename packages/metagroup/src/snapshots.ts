import { type Instant, type MembershipId, mutated, NEVER } from '@group-services/core';
import { type Entry, encodeSnapshot, type Snapshot } from '@group-services/wire';
import type { Leading } from './leading.js';
import type { Membership } from './membership.js';

/** How many chunks are under way to one joiner. */
const WINDOW = 4;

/** One joiner's transfer. */
interface Transfer {
  readonly bytes: Uint8Array;
  readonly position: number;
  readonly chunks: number;
  /** The chunk that the joiner wants next, and the one we send next. */
  wanted: number;
  next: number;
  retryAt: Instant;
}

/** A snapshot that is being asked for: the counters are those of its position. */
interface Waiting {
  readonly position: number;
  readonly entry: Entry;
  readonly to: readonly MembershipId[];
  readonly counters: Snapshot['counters'];
}

/**
 * The leader's side of a joiner's state snapshot (`metagroup-protocol.md` §5).
 *
 * Taken when the leader *delivers* the VIEW that added the joiner, so that nobody's base exceeds
 * anybody's contiguous prefix: the upper layer is asked for its state exactly then. It goes out in
 * chunks, a few at a time; the joiner says which it wants next. The retry timer of a transfer runs
 * from its first chunk until the joiner has all of them or acknowledges the stream like any member.
 */
export class Snapshots {
  readonly #m: Membership;
  readonly #leading: Leading;
  readonly #transfers = new Map<MembershipId, Transfer>();
  /** Joiners whose view has been delivered and whose snapshot is being asked for. */
  #waiting: Waiting[] = [];

  constructor(membership: Membership, leading: Leading) {
    this.#m = membership;
    this.#leading = leading;
  }

  /** A view has been delivered: those that it added need a snapshot of this moment. */
  viewInstalled(entry: Entry, position: number): void {
    const to: MembershipId[] = [];
    for (const progress of this.#leading.stability.members()) {
      if (!progress.full && progress.floor === position) to.push(progress.member.id);
    }
    if (to.length === 0) return;
    const placed = mutated('snapshot-without-counters') ? [] : [...this.#m.counters];
    const counters = placed.map(([origin, known]) => ({ origin, ...known }));
    this.#waiting.push({ position, entry, to, counters });
    this.#m.emit({ kind: 'snapshotWanted', position });
  }

  /** The upper layer's answer; it comes before anything else is delivered to it. */
  taken(position: number, state: Uint8Array): void {
    const index = this.#waiting.findIndex((waiting) => waiting.position === position);
    const waiting = this.#waiting[index];
    if (waiting === undefined) return;
    this.#waiting.splice(index, 1);
    const m = this.#m;
    const { entry, counters } = waiting;
    const bytes = encodeSnapshot({ entry, counters, state });
    const chunks = Math.max(1, Math.ceil(bytes.length / m.options.snapshotChunkBytes));
    for (const id of waiting.to) {
      if (this.#leading.stability.of(id) === undefined) continue;
      const transfer = { bytes, position, chunks, wanted: 0, next: 0, retryAt: NEVER };
      this.#transfers.set(id, transfer);
      m.branch('snapshot-sent');
      this.#sendChunks(id, transfer);
    }
  }

  onReceived(from: MembershipId, position: number, next: number): void {
    const transfer = this.#transfers.get(from);
    if (transfer === undefined || transfer.position !== position || next < transfer.wanted) return;
    if (next > transfer.chunks) return;
    const progress = this.#leading.stability.of(from);
    if (progress !== undefined && next > transfer.wanted) progress.progressAt = this.#m.now;
    transfer.wanted = next;
    transfer.next = Math.max(transfer.next, next);
    if (next < transfer.chunks) {
      this.#sendChunks(from, transfer);
      return;
    }
    // From now on it is asked to acknowledge like everybody.
    this.#transfers.delete(from);
    if (progress === undefined) return;
    this.#leading.stability.makeFull(progress);
    this.#m.checkWanted = true;
    this.#leading.sendSync(from, true);
  }

  /** Members that are listed no more need nothing. */
  retain(members: ReadonlySet<MembershipId>): void {
    for (const id of this.#transfers.keys()) if (!members.has(id)) this.#transfers.delete(id);
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const { retryAt } of this.#transfers.values()) earliest = Math.min(earliest, retryAt);
    return earliest;
  }

  onDeadline(): void {
    for (const [id, transfer] of this.#transfers) {
      if (transfer.retryAt > this.#m.now) continue;
      if (this.#leading.stability.of(id)?.full !== false) {
        this.#transfers.delete(id);
        continue;
      }
      transfer.next = transfer.wanted;
      this.#sendChunks(id, transfer);
    }
  }

  #sendChunks(to: MembershipId, transfer: Transfer): void {
    const m = this.#m;
    const size = m.options.snapshotChunkBytes;
    while (transfer.next < transfer.chunks && transfer.next < transfer.wanted + WINDOW) {
      const index = transfer.next;
      transfer.next += 1;
      m.send(to, {
        kind: 'snapshot',
        version: this.#leading.entry.version,
        since: this.#leading.since,
        cut: m.cut,
        position: transfer.position,
        index,
        chunks: transfer.chunks,
        bytes: transfer.bytes.subarray(index * size, (index + 1) * size),
      });
    }
    transfer.retryAt = m.now + m.options.retryMs;
  }
}
