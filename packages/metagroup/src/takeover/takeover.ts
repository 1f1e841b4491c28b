import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, Fetched, Member } from '@group-services/wire';
import type { Membership } from '../membership.js';
import { Repetition } from '../repetition.js';

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
  readonly #m: Membership;
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

  constructor(membership: Membership, entry: Entry, complete: (result: TakeoverResult) => void) {
    this.#m = membership;
    this.entry = entry;
    this.#complete = complete;
    this.progressAt = membership.now;
    this.#repetition = new Repetition(membership.waits.ofMembers);
  }

  start(): void {
    const m = this.#m;
    m.footing.claim(this.entry.version);
    // What lies beyond a gap is not used: its origin submits it again.
    m.log.dropAboveContiguous();
    m.branch('takeover');
    this.#ask();
    this.#repetition.begin(m.now);
    this.#decide();
  }

  /** Members that have not answered and count as failed, or are silent for so many milliseconds. */
  missing(patienceMs: number): Member[] {
    const at = this.progressAt + patienceMs;
    return this.#awaited().filter(({ id }) => this.#m.isPast(at, id) || this.#m.isSuspected(id));
  }

  /** When to ask who is missing because of silence. */
  lateAt(patienceMs: number): Instant {
    const at = this.progressAt + patienceMs;
    if (at > this.#m.now) return at;
    return Math.min(NEVER, ...this.#awaited().map(({ id }) => this.#m.whenPast(at, id)));
  }

  /** Whose answers, or pieces of the log, are waited for. */
  #awaited(): Member[] {
    const { members } = this.entry;
    if (this.#cut !== undefined) return members.filter(({ id }) => id === this.#source);
    return members.filter(({ id }) => id !== this.#m.self && !this.#answers.has(id));
  }

  onState(from: MembershipId, version: number, contiguous: Answer, pressure: number): void {
    if (version !== this.entry.version || this.#cut !== undefined) return;
    if (!this.entry.members.some((member) => member.id === from)) return;
    if (this.#answers.has(from)) return;
    this.#answers.set(from, contiguous);
    this.#pressures.set(from, pressure);
    this.progressAt = this.#m.now;
    this.#decide();
  }

  onFetched(from: MembershipId, fetched: Fetched): void {
    const m = this.#m;
    if (from !== this.#source || fetched.version !== this.entry.version) return;
    if (fetched.entry.seq > (this.#cut ?? 0)) return;
    if (!m.log.put(fetched.entry)) return;
    this.progressAt = m.now;
    this.#fetchingBytes -= fetched.entry.body.length;
    const complete = m.log.contiguous === m.log.last;
    const pieceOver = m.log.contiguous >= this.#fetchingTo || this.#fetchingBytes <= 0;
    if (complete && pieceOver) this.#fetch();
    this.#finish();
  }

  #ask(): void {
    const m = this.#m;
    for (const member of this.entry.members) {
      if (member.id === m.self || this.#answers.has(member.id)) continue;
      m.send(member.id, { kind: 'takeover', entry: this.entry });
    }
  }

  #decide(): void {
    const m = this.#m;
    const others = this.entry.members.filter((member) => member.id !== m.self);
    // All must answer, since stability means all.
    if (!others.every(({ id }) => this.#answers.has(id))) return;
    let cut = m.log.contiguous;
    for (const [member, contiguous] of this.#answers) {
      if (contiguous === null || contiguous <= cut) continue;
      cut = contiguous;
      this.#source = member;
    }
    this.#cut = cut;
    if (this.#source !== undefined) {
      m.branch('fetch');
      this.#fetch();
    }
    this.#finish();
  }

  #fetch(): void {
    const m = this.#m;
    const from = m.log.contiguous + 1;
    if (this.#source === undefined || this.#cut === undefined || from > this.#cut) return;
    this.#repetition.begin(m.now);
    this.#fetchingTo = Math.min(this.#cut, from + FETCH_MESSAGES_MAX - 1);
    this.#fetchingBytes = FETCH_BYTES_MAX;
    const version = this.entry.version;
    m.send(this.#source, { kind: 'fetch', version, from, to: this.#cut });
  }

  #finish(): void {
    const m = this.#m;
    if (this.#ended || this.#cut === undefined || m.log.contiguous < this.#cut) return;
    this.#ended = true;
    this.#repetition.end(m.now);
    m.log.dropAboveContiguous();
    m.footing.lead(this.#cut);
    const answers = this.#answers;
    this.#complete({ entry: this.entry, cut: this.#cut, answers, pressures: this.#pressures });
  }

  deadline(): Instant {
    return this.#repetition.at;
  }

  onDeadline(): void {
    if (this.#repetition.at > this.#m.now || this.#ended) return;
    if (this.#cut === undefined) this.#ask();
    else this.#fetch();
    this.#repetition.again(this.#m.now);
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
  readonly #m: Membership;
  #repeatAt: Instant = NEVER;

  constructor(membership: Membership) {
    this.#m = membership;
  }

  /** True when we have promised: whoever led or claimed here does so no more. */
  onTakeover(from: MembershipId, entry: Entry): boolean {
    const m = this.#m;
    if (from !== entry.leader || from === m.self || !m.isIn(entry)) return false;
    if (entry.version < m.footing.promised) {
      m.send(from, {
        kind: 'stale',
        generation: m.footing.generation,
        version: m.footing.promised,
      });
      return false;
    }
    if (entry.version === m.footing.promised && m.footing.frozen === 0) return false;
    m.footing.freeze(from, entry.version);
    this.#answer(from, entry.version);
    return true;
  }

  #answer(claimant: MembershipId, version: number): void {
    const m = this.#m;
    const { contiguous } = m.log;
    m.send(claimant, { kind: 'state', version, contiguous, pressure: m.pressure });
    this.#repeatAt = m.now + FROZEN_RETRIES * m.waits.ofMembers.waitMs();
  }

  deadline(): Instant {
    return this.#claimant() === undefined ? NEVER : this.#repeatAt;
  }

  onDeadline(): void {
    const claimant = this.#claimant();
    if (claimant !== undefined && this.#repeatAt <= this.#m.now) {
      this.#answer(claimant, this.#m.footing.frozen);
    }
  }

  /** Whose takeover we wait for. */
  #claimant(): MembershipId | undefined {
    const m = this.#m;
    if (m.status !== 'member' || m.footing.frozen === 0 || m.footing.leader === m.self)
      return undefined;
    return m.footing.leader;
  }

  onFetch(from: MembershipId, version: number, range: { from: number; to: number }): void {
    const m = this.#m;
    if (version !== m.footing.frozen || from !== m.footing.leader) return;
    let bytes = 0;
    const end = Math.min(range.to, m.log.contiguous, range.from + FETCH_MESSAGES_MAX - 1);
    for (let seq = range.from; seq <= end && bytes < FETCH_BYTES_MAX; seq += 1) {
      const entry = m.log.get(seq);
      if (entry === undefined) continue;
      bytes += entry.body.length;
      m.send(from, { kind: 'fetched', version, entry });
    }
  }
}
