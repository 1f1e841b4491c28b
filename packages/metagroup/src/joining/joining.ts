import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import {
  type Data,
  decodeSnapshot,
  type Entry,
  type GroupControl,
  type Snapshot,
} from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * From the request to be in a processor group to being a full member (`internal-layer.md` §5):
 * look-up, forming the group or INSERT to its leader, then the chunks of the state snapshot.
 *
 * A joiner answers TAKEOVER with `joining`, and that is a promise: the partial snapshot is dropped and
 * chunks of a lower version are refused. The generation never goes back; promises are of one
 * generation. One timer repeats whatever has not been answered; it is started here and stops when we
 * are a member.
 *
 * Who leaves while it may be forming the group waits for that answer, within `leaveTimeoutMs`, so that
 * no entry is left behind whose leader does not know of it.
 */
export class Joining {
  readonly #shared: Shared;
  readonly #ports: JoiningPorts;
  #insertsLeft = 0;
  #retryAt: Instant = NEVER;
  /** How often the wait has been doubled since something came: who is busy is not asked at a fixed pace. */
  #doublings = 0;
  #giveUpAt: Instant = NEVER;
  /** What has come of the snapshot at `#position` from `#source`, by index; some may be missing. */
  #chunks = new Map<number, Uint8Array>();
  #source: MembershipId | undefined;
  #position = 0;
  /** Which sender of it `#source` is; a later one starts anew. */
  #attempt = 0;
  /** The first chunk that is missing. */
  #wanted = 0;
  #bytes = 0;
  #early: Early[] = [];
  #earlyBytes = 0;

  constructor(shared: Shared, ports: JoiningPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  start(): void {
    this.#doublings = 0;
    this.#askWhoLeads();
  }

  /** Lets go at once unless the group may be being formed by us. */
  leave(): void {
    const shared = this.#shared;
    if (shared.options.create && shared.known === undefined) {
      this.#giveUpAt = shared.now + shared.options.leaveTimeoutMs;
    } else {
      shared.end('left', 'left before it had joined');
    }
  }

  #askWhoLeads(): void {
    const shared = this.#shared;
    const { group, address, create } = shared.options;
    shared.askNameServer({ kind: 'resolve', group, membership: shared.self, address, create });
    this.#retryAt = shared.now + this.#wait();
  }

  #wait(): number {
    const { waits, options } = this.#shared;
    return Math.min(
      waits.ofMembers.waitMs() * 2 ** this.#doublings,
      options.retryMs * 2 ** DOUBLINGS_MAX,
    );
  }

  /** The answer to a look-up, or any entry that shows where the group stands. */
  onEntry(entry: Entry): void {
    const shared = this.#shared;
    if (entry.generation < shared.footing.generation) {
      // Late, or a name server without a store has recovered an older generation. This membership
      // never goes back to one; the next attempt, with nothing promised, can join it.
      shared.end('removed', `the name server knows generation ${entry.generation} only`);
      return;
    }
    const known = shared.known;
    if (known?.generation === entry.generation && entry.version < known.version) return;
    if (known?.generation !== entry.generation || entry.version > known.version) {
      this.#doublings = 0;
    }
    this.#enter(entry.generation);
    shared.known = entry;
    shared.learnAddresses(entry);
    if (entry.leader === shared.self) {
      if (entry.version === 1 && entry.members.length === 1) this.#ports.formed(entry);
      return;
    }
    if (shared.leaving) {
      shared.end('left', 'left before it had joined');
      return;
    }
    this.#insertsLeft = INSERTS_PER_LOOK_UP;
    this.#insert(entry);
  }

  /** Generations never go back; in a newer one nothing of the older counts, promises included. */
  #enter(generation: number): void {
    const shared = this.#shared;
    if (generation === shared.footing.generation) return;
    shared.footing.enter(generation);
    shared.known = undefined;
    this.#forget();
  }

  #insert(entry: Entry): void {
    const shared = this.#shared;
    this.#retryAt = shared.now + this.#wait();
    if (shared.isSuspected(entry.leader)) return;
    shared.send(entry.leader, { kind: 'insert', address: shared.options.address });
  }

  /** The leader we were sent to does not lead: look again. */
  onNotLeader(): void {
    this.#insertsLeft = 0;
    this.#retryAt = Math.min(this.#retryAt, this.#shared.now + this.#shared.options.retryMs / 4);
  }

  /** The leader has had this membership in its list and removed it: only a new one can join. */
  onRemoved(from: MembershipId): void {
    const shared = this.#shared;
    if (shared.status !== 'joining' || shared.known?.leader !== from) return;
    shared.end(shared.leaving ? 'left' : 'removed', 'the leader has removed this membership');
  }

  /** A leader takes over and counts us among its joiners. */
  onTakeover(from: MembershipId, entry: Entry): void {
    const shared = this.#shared;
    if (from !== entry.leader || entry.generation < shared.footing.generation) return;
    if (!entry.members.some((member) => member.id === shared.self)) return;
    this.#enter(entry.generation);
    if (entry.version < shared.footing.promised) return;
    if (entry.version > shared.footing.promised) this.#forget();
    shared.footing.promise(entry.version);
    shared.learnAddresses(entry);
    if (shared.known === undefined || shared.known.version < entry.version) shared.known = entry;
    shared.branch('joiner-promised');
    shared.send(from, {
      kind: 'state',
      version: entry.version,
      contiguous: null,
      pressure: shared.pressure,
    });
  }

  /** Messages of the stream that come before the snapshot are kept, within bounds. */
  onData(from: MembershipId, data: Data): void {
    const shared = this.#shared;
    if (data.version < shared.footing.promised) return;
    if (this.#early.length >= shared.options.maxUnstableMessages) return;
    if (this.#earlyBytes >= shared.options.maxUnstableBytes) return;
    this.#early.push({ from, data });
    this.#earlyBytes += data.entry.body.length;
  }

  onChunk(from: MembershipId, chunk: SnapshotChunk): void {
    const shared = this.#shared;
    if (chunk.version < shared.footing.promised) return;
    if (!this.#isFromPresentSource(from, chunk)) return;
    this.#keep(chunk);
    if (this.#bytes > SNAPSHOT_BYTES_MAX) {
      shared.end('removed', `the snapshot exceeds ${SNAPSHOT_BYTES_MAX} bytes`);
      return;
    }
    const next = this.#wanted;
    this.#doublings = 0;
    this.#retryAt = shared.now + shared.options.retryMs * 4;
    if (next === chunk.chunks && !this.#install(chunk)) return;
    this.#confirm(from, chunk, next);
  }

  /** A later snapshot, or a later sender of the same one, takes the place of what has come before. */
  #isFromPresentSource(from: MembershipId, chunk: SnapshotChunk): boolean {
    const { position, attempt = 0 } = chunk;
    if (this.#source !== undefined) {
      if (position < this.#position) return false;
      if (position === this.#position && attempt < this.#attempt) {
        // Its sender learns that another has taken its place.
        this.#shared.send(from, this.#received(chunk, this.#wanted));
        return false;
      }
    }
    if (this.#source !== from || this.#position !== position || this.#attempt !== attempt) {
      this.#dropChunks();
      this.#source = from;
      this.#position = position;
      this.#attempt = attempt;
    }
    return true;
  }

  /** The leader is told as well: it looks after our progress whoever sends. */
  #confirm(from: MembershipId, chunk: SnapshotChunk, next: number): void {
    const shared = this.#shared;
    const received = this.#received(chunk, next);
    shared.send(from, received);
    const leader = shared.known?.leader;
    if (leader !== undefined && leader !== from) shared.send(leader, received);
  }

  #received({ version, position }: SnapshotChunk, next: number): Received {
    const attempt = this.#attempt === 0 ? {} : { attempt: this.#attempt };
    return { kind: 'snapshot-received', version, position, next, ...attempt };
  }

  #keep(chunk: SnapshotChunk): void {
    const { index, chunks, bytes } = chunk;
    if (index >= chunks || index >= this.#wanted + CHUNKS_AHEAD_MAX) return;
    if (index < this.#wanted || this.#chunks.has(index)) return;
    this.#chunks.set(index, bytes);
    this.#bytes += bytes.length;
    while (this.#chunks.has(this.#wanted)) this.#wanted += 1;
  }

  /** True when the snapshot was that of the membership we are, and we are a member now. */
  #install(last: SnapshotChunk): boolean {
    const shared = this.#shared;
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (let index = 0; index < this.#wanted; index += 1) {
      const bytes = this.#chunks.get(index) as Uint8Array;
      whole.set(bytes, at);
      at += bytes.length;
    }
    const snapshot = decodeSnapshot(whole);
    const early = this.#early;
    this.#forget();
    if (!snapshot.ok) {
      shared.end('removed', `the snapshot cannot be read: ${snapshot.error}`);
      return false;
    }
    const { entry } = snapshot.value;
    const mine = entry.members.find((member) => member.id === shared.self);
    if (mine === undefined || entry.generation !== shared.footing.generation) return false;
    // Removed since, or added anew: the stream behind this snapshot is not ours.
    const listed = shared.known?.members.find((member) => member.id === shared.self);
    const outdated = shared.known !== undefined && shared.known.version > entry.version;
    if (outdated && listed?.joinVersion !== mine.joinVersion) return false;
    shared.status = 'member';
    shared.joinVersion = mine.joinVersion;
    // The leader that placed the view, whoever has sent its state.
    shared.footing.attach(last, entry.leader);
    this.#retryAt = NEVER;
    this.#startAt(last.position, snapshot.value);
    this.#ports.installed(entry, last.position, early);
    return true;
  }

  /** What lies before the snapshot's position is behind us: it was stable when the state was taken. */
  #startAt(position: number, snapshot: Snapshot): void {
    const shared = this.#shared;
    const { entry, counters, state } = snapshot;
    shared.log.reset(position);
    shared.delivered = position;
    shared.stable = position;
    shared.installed = entry;
    for (const { origin, joinVersion, counter } of counters) {
      shared.counters.set(origin, { joinVersion, counter });
    }
    shared.branch('snapshot-installed');
    shared.observe({ kind: 'based', position });
    shared.observe({ kind: 'installed', entry, position });
    shared.emit({
      kind: 'attached',
      generation: shared.footing.generation,
      position,
      snapshot: state,
    });
    shared.emit({ kind: 'view', entry, position });
  }

  #dropChunks(): void {
    this.#chunks = new Map();
    this.#source = undefined;
    this.#wanted = 0;
    this.#bytes = 0;
  }

  #forget(): void {
    this.#dropChunks();
    this.#early = [];
    this.#earlyBytes = 0;
  }

  deadline(): Instant {
    return this.#shared.status === 'joining' ? Math.min(this.#retryAt, this.#giveUpAt) : NEVER;
  }

  onDeadline(): void {
    const shared = this.#shared;
    if (this.#giveUpAt <= shared.now) {
      shared.end('left', 'left without an answer of the name server');
      return;
    }
    if (this.#retryAt > shared.now) return;
    this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
    const known = shared.known;
    if (known === undefined || this.#insertsLeft <= 0 || shared.isSuspected(known.leader)) {
      this.#askWhoLeads();
      return;
    }
    this.#insertsLeft -= 1;
    this.#insert(known);
  }
}

type SnapshotChunk = Extract<GroupControl, { readonly kind: 'snapshot' }>;
type Received = Extract<GroupControl, { readonly kind: 'snapshot-received' }>;

/** What joining ends in. */
export interface JoiningPorts {
  /** The name server made us the leader and only member. */
  readonly formed: (entry: Entry) => void;
  /** We have our state; `early` are the messages that came before it, in order of arrival. */
  readonly installed: (entry: Entry, position: number, early: readonly Early[]) => void;
}

/** A message of the stream that came before the snapshot. */
export interface Early {
  readonly from: MembershipId;
  readonly data: Data;
}

/** After so many unanswered INSERTs the name server is asked again who leads. */
const INSERTS_PER_LOOK_UP = 3;
/** The wait for an answer doubles this often: the leader keeps an INSERT for twice as long. */
const DOUBLINGS_MAX = 2;
/** Chunks are held this far ahead of a missing one. */
const CHUNKS_AHEAD_MAX = 64;
/** The largest snapshot that is put together, in bytes. */
const SNAPSHOT_BYTES_MAX = 256 * 1024 * 1024;
