import { invariant, type MembershipId } from '@group-services/core';
import type { LeaderStamp } from '@group-services/wire';

/**
 * Where a membership stands among leaders: which generation of the group it is in, which version it
 * has promised to obey, whose takeover it waits for, and in whose term it takes part. It is read
 * everywhere and changed here alone (`internal-layer.md` §3 and §8.5).
 *
 * `generation` never goes back, and within one `promised` never does. A takeover freezes: until its
 * leader has spoken, or we lead ourselves, nothing is accepted, delivered or acknowledged.
 */
export class Footing {
  readonly #self: MembershipId;
  #generation = 0;
  #promised = 0;
  #frozen = 0;
  #since = 0;
  #cut = 0;
  #leader: MembershipId | undefined;

  constructor(self: MembershipId) {
    this.#self = self;
  }

  get generation(): number {
    return this.#generation;
  }

  /** We obey only leaders of this version or a higher one. */
  get promised(): number {
    return this.#promised;
  }

  /** The version whose takeover we wait for: what we promised last, or 0 when we wait for none. */
  get frozen(): number {
    return this.#frozen;
  }

  /** Since which version the leader that we obey leads: its term. */
  get since(): number {
    return this.#since;
  }

  /** Where the takeover that began the term cut the log. */
  get cut(): number {
    return this.#cut;
  }

  /** Who spoke to us last as leader; ourselves when we lead, and while we claim. */
  get leader(): MembershipId | undefined {
    return this.#leader;
  }

  /** In a newer generation nothing of the older one counts, promises included. */
  enter(generation: number): void {
    invariant(generation > this.#generation, 'a generation is entered once and never gone back to');
    this.#generation = generation;
    this.#promised = 0;
  }

  /** The name server made us the first member: nobody has to be asked. */
  form(): void {
    this.attach({ version: 1, since: 1, cut: 0 }, this.#self);
  }

  /** The snapshot of this leader makes us a full member, in its term. */
  attach({ version, since, cut }: Attachment, leader: MembershipId): void {
    this.#promised = Math.max(this.#promised, version);
    this.#since = since;
    this.#cut = cut;
    this.#leader = leader;
  }

  /** From now on leaders of lower versions are not obeyed. */
  promise(version: number): void {
    invariant(version >= this.#promised, 'a promise is never taken back');
    this.#promised = version;
  }

  /** A full member promises a claimant its version, and stands still until that one has spoken. */
  freeze(claimant: MembershipId, version: number): void {
    this.promise(version);
    this.#frozen = version;
    this.#leader = claimant;
  }

  /** We take over: frozen like everybody else until the cut is known and we have all up to it. */
  claim(version: number): void {
    invariant(version > this.#promised, 'nobody else was promised the version that is claimed');
    this.freeze(this.#self, version);
    this.#since = version;
  }

  /** The takeover is complete; what lies above the cut is ours to place. */
  lead(cut: number): void {
    invariant(this.#leader === this.#self && this.#frozen !== 0, 'who leads has claimed');
    this.#frozen = 0;
    this.#cut = cut;
  }

  /** Whether a leader's message may move us: a freeze ends with the leader that we wait for. */
  awaits(since: number): boolean {
    return this.#frozen === 0 || since === this.#frozen;
  }

  /** Whether a message with this stamp begins another term than the one we are in. */
  isNewTerm(from: MembershipId, stamp: LeaderStamp): boolean {
    return this.#leader !== from || this.#since !== stamp.since;
  }

  /** Follows the leader that spoke, in the term that its stamp names. */
  obey(from: MembershipId, stamp: LeaderStamp): void {
    invariant(this.awaits(stamp.since), 'a freeze ends with the leader that was promised');
    this.#frozen = 0;
    this.#promised = Math.max(this.#promised, stamp.version);
    if (!this.isNewTerm(from, stamp)) return;
    this.#leader = from;
    this.#since = stamp.since;
    this.#cut = stamp.cut;
  }

  /** Somebody else leads; who it is will be heard from itself. */
  loseLeader(): void {
    this.#leader = undefined;
  }
}

/** From where a snapshot says that the stream goes on. */
export interface Attachment {
  readonly version: number;
  readonly since: number;
  readonly cut: number;
}
