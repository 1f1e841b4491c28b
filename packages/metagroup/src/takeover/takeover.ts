import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, Fetched, Member } from '@group-services/wire';
import { Repetition } from '../repetition.js';
import type { Shared } from '../shared.js';

/** How much of a fetch is answered at once; the claimant counts the same way and asks for the rest. */
const FETCH_MESSAGES_MAX = 512;
const FETCH_BYTES_MAX = 1024 * 1024;
/** After so many retry times a frozen member answers again unasked. */
const FROZEN_RETRIES = 4;

/** What one member answered: its contiguous prefix, or null while it is joining. */
type Answer = number | null;

/** The end of a takeover: where the log is cut and what everybody has. */
export interface TakeoverResult {
  readonly entry: Entry;
  readonly cut: number;
  readonly answers: ReadonlyMap<MembershipId, Answer>;
  /** What each said of the pressure of its processes. */
  readonly pressures: ReadonlyMap<MembershipId, number>;
}

/**
 * A claimant's takeover after the name server accepted it as leader (`internal-layer.md` §8).
 *
 * TAKEOVER goes to all members of the new entry; each freezes and answers with its contiguous prefix,
 * or `joining`. *All* must answer, since stability means all; who does not is removed by another
 * change, and everything begins anew. The cut is the highest contiguous prefix of any member; what we
 * miss of it is fetched from that member. Then the takeover is complete and we lead.
 *
 * One timer repeats what has not been answered; it runs from the start to the end of the takeover.
 */
export class Takeover {
  readonly #shared: Shared;
  readonly entry: Entry;
  readonly #complete: (result: TakeoverResult) => void;
  readonly #answers = new Map<MembershipId, Answer>();
  readonly #pressures = new Map<MembershipId, number>();
  /** When a member answered last, or something fetched came. */
  progressAt: Instant;
  #cut: number | undefined;
  #source: MembershipId | undefined;
  /** Where the piece that is being fetched ends, in messages and in bytes still to come. */
  #fetchingTo = 0;
  #fetchingBytes = 0;
  readonly #repetition: Repetition;
  #ended = false;

  constructor(shared: Shared, entry: Entry, complete: (result: TakeoverResult) => void) {
    this.#shared = shared;
    this.entry = entry;
    this.#complete = complete;
    this.progressAt = shared.now;
    this.#repetition = new Repetition(shared.waits.ofMembers);
  }

  start(): void {
    const shared = this.#shared;
    shared.footing.claim(this.entry.version);
    // What lies beyond a gap is not used: its origin submits it again.
    shared.log.dropAboveContiguous();
    shared.branch('takeover');
    this.#ask();
    this.#repetition.begin(shared.now);
    this.#decide();
  }

  /** Members that have not answered and count as failed, or are silent for so many milliseconds. */
  missing(patienceMs: number): Member[] {
    const at = this.progressAt + patienceMs;
    return this.#awaited().filter(
      ({ id }) => this.#shared.isPast(at, id) || this.#shared.isSuspected(id),
    );
  }

  /** When to ask who is missing because of silence. */
  lateAt(patienceMs: number): Instant {
    const at = this.progressAt + patienceMs;
    if (at > this.#shared.now) return at;
    return Math.min(NEVER, ...this.#awaited().map(({ id }) => this.#shared.whenPast(at, id)));
  }

  /** Whose answers, or pieces of the log, are waited for. */
  #awaited(): Member[] {
    const { members } = this.entry;
    if (this.#cut !== undefined) return members.filter(({ id }) => id === this.#source);
    return members.filter(({ id }) => id !== this.#shared.self && !this.#answers.has(id));
  }

  onState(from: MembershipId, version: number, contiguous: Answer, pressure: number): void {
    if (version !== this.entry.version || this.#cut !== undefined) return;
    if (!this.entry.members.some((member) => member.id === from)) return;
    if (this.#answers.has(from)) return;
    this.#answers.set(from, contiguous);
    this.#pressures.set(from, pressure);
    this.progressAt = this.#shared.now;
    this.#decide();
  }

  onFetched(from: MembershipId, fetched: Fetched): void {
    const shared = this.#shared;
    if (from !== this.#source || fetched.version !== this.entry.version) return;
    if (fetched.entry.seq > (this.#cut ?? 0)) return;
    if (!shared.log.put(fetched.entry)) return;
    this.progressAt = shared.now;
    this.#fetchingBytes -= fetched.entry.body.length;
    const complete = shared.log.contiguous === shared.log.last;
    const pieceOver = shared.log.contiguous >= this.#fetchingTo || this.#fetchingBytes <= 0;
    if (complete && pieceOver) this.#fetch();
    this.#finish();
  }

  #ask(): void {
    const shared = this.#shared;
    for (const member of this.entry.members) {
      if (member.id === shared.self || this.#answers.has(member.id)) continue;
      shared.send(member.id, { kind: 'takeover', entry: this.entry });
    }
  }

  #decide(): void {
    const shared = this.#shared;
    const others = this.entry.members.filter((member) => member.id !== shared.self);
    // All must answer, since stability means all.
    if (!others.every(({ id }) => this.#answers.has(id))) return;
    let cut = shared.log.contiguous;
    for (const [member, contiguous] of this.#answers) {
      if (contiguous === null || contiguous <= cut) continue;
      cut = contiguous;
      this.#source = member;
    }
    this.#cut = cut;
    if (this.#source !== undefined) {
      shared.branch('fetch');
      this.#fetch();
    }
    this.#finish();
  }

  #fetch(): void {
    const shared = this.#shared;
    const from = shared.log.contiguous + 1;
    if (this.#source === undefined || this.#cut === undefined || from > this.#cut) return;
    this.#repetition.begin(shared.now);
    this.#fetchingTo = Math.min(this.#cut, from + FETCH_MESSAGES_MAX - 1);
    this.#fetchingBytes = FETCH_BYTES_MAX;
    const version = this.entry.version;
    shared.send(this.#source, { kind: 'fetch', version, from, to: this.#cut });
  }

  #finish(): void {
    const shared = this.#shared;
    if (this.#ended || this.#cut === undefined || shared.log.contiguous < this.#cut) return;
    this.#ended = true;
    this.#repetition.end(shared.now);
    shared.log.dropAboveContiguous();
    shared.footing.lead(this.#cut);
    const answers = this.#answers;
    this.#complete({ entry: this.entry, cut: this.#cut, answers, pressures: this.#pressures });
  }

  deadline(): Instant {
    return this.#repetition.at;
  }

  onDeadline(): void {
    if (this.#repetition.at > this.#shared.now || this.#ended) return;
    if (this.#cut === undefined) this.#ask();
    else this.#fetch();
    this.#repetition.again(this.#shared.now);
  }
}

/**
 * A member's answers to a takeover: the promise, the freeze, its state, and what the claimant fetches.
 *
 * While frozen it repeats its answer now and then, more slowly than the claimant repeats the question:
 * should the claimant's membership be over while its daemon lives, the answer GONE ends the wait. That
 * timer runs from the promise until another leader speaks.
 */
export class TakeoverMember {
  readonly #shared: Shared;
  #repeatAt: Instant = NEVER;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** True when we have promised: whoever led or claimed here does so no more. */
  onTakeover(from: MembershipId, entry: Entry): boolean {
    const shared = this.#shared;
    if (from !== entry.leader || from === shared.self || !shared.isIn(entry)) return false;
    if (entry.version < shared.footing.promised) {
      shared.send(from, {
        kind: 'stale',
        generation: shared.footing.generation,
        version: shared.footing.promised,
      });
      return false;
    }
    if (entry.version === shared.footing.promised && shared.footing.frozen === 0) return false;
    shared.footing.freeze(from, entry.version);
    this.#answer(from, entry.version);
    return true;
  }

  #answer(claimant: MembershipId, version: number): void {
    const shared = this.#shared;
    const { contiguous } = shared.log;
    shared.send(claimant, { kind: 'state', version, contiguous, pressure: shared.pressure });
    this.#repeatAt = shared.now + FROZEN_RETRIES * shared.waits.ofMembers.waitMs();
  }

  deadline(): Instant {
    return this.#claimant() === undefined ? NEVER : this.#repeatAt;
  }

  onDeadline(): void {
    const claimant = this.#claimant();
    if (claimant !== undefined && this.#repeatAt <= this.#shared.now) {
      this.#answer(claimant, this.#shared.footing.frozen);
    }
  }

  /** Whose takeover we wait for. */
  #claimant(): MembershipId | undefined {
    const shared = this.#shared;
    if (
      shared.status !== 'member' ||
      shared.footing.frozen === 0 ||
      shared.footing.leader === shared.self
    )
      return undefined;
    return shared.footing.leader;
  }

  onFetch(from: MembershipId, version: number, range: { from: number; to: number }): void {
    const shared = this.#shared;
    if (version !== shared.footing.frozen || from !== shared.footing.leader) return;
    let bytes = 0;
    const end = Math.min(range.to, shared.log.contiguous, range.from + FETCH_MESSAGES_MAX - 1);
    for (let seq = range.from; seq <= end && bytes < FETCH_BYTES_MAX; seq += 1) {
      const entry = shared.log.get(seq);
      if (entry === undefined) continue;
      bytes += entry.body.length;
      shared.send(from, { kind: 'fetched', version, entry });
    }
  }
}
