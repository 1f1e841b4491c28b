import type { Instant, MembershipId } from '@group-services/core';
import type { Acknowledgement, Member } from '@group-services/wire';
import { isPressed } from '../pressure.js';

/**
 * The leader's table of acknowledgements (`internal-layer.md` §3, Stability): over the newest list
 * that is known to be accepted, never leaving out a mere suspect.
 */
export class Stability {
  readonly #progress = new Map<MembershipId, Progress>();
  readonly #since: number;
  #members: readonly Progress[] = [];
  #full: readonly Member[] | undefined;
  #minimum = Number.POSITIVE_INFINITY;
  #pressed = false;

  constructor(since: number) {
    this.#since = since;
  }

  /** All other members, in the order of the list. */
  members(): readonly Progress[] {
    return this.#members;
  }

  /** All other full members: the same array while they are the same. */
  fullMembers(): readonly Member[] {
    this.#full ??= this.#members.filter(({ full }) => full).map(({ member }) => member);
    return this.#full;
  }

  of(member: MembershipId): Progress | undefined {
    return this.#progress.get(member);
  }

  /** A member has its state. */
  makeFull(progress: Progress): void {
    if (progress.full) return;
    progress.full = true;
    this.#full = undefined;
  }

  /** Counts a member that answered the takeover, or a joiner with the floor of its view. */
  add(member: Member, contiguous: number, options: Standing): void {
    this.#progress.set(member.id, {
      member,
      contiguous,
      stableSeen: 0,
      full: options.full,
      floor: options.full ? 0 : contiguous,
      pressure: options.pressure ?? 0,
      progressAt: options.now,
    });
    this.#recompute();
  }

  /** Counts only members of this list from now on. */
  retain(members: readonly Member[]): void {
    const listed = new Set(members.map((member) => member.id));
    for (const id of this.#progress.keys()) if (!listed.has(id)) this.#progress.delete(id);
    this.#recompute();
  }

  /**
   * Takes an acknowledgement in; false when it is of an earlier leadership or membership, or beyond
   * what was ever placed.
   */
  acknowledge(progress: Progress, ack: Acknowledgement, last: number, now: Instant): boolean {
    if (this.#isOutdated(progress, ack)) return false;
    if (ack.contiguous > last) return false;
    this.makeFull(progress);
    if (ack.stableSeen > progress.stableSeen) progress.stableSeen = ack.stableSeen;
    if (ack.pressure > progress.pressure) {
      progress.pressure = ack.pressure;
      this.#notePressure();
    }
    if (ack.contiguous > progress.contiguous) {
      const wasLowest = progress.contiguous === this.#minimum;
      progress.contiguous = ack.contiguous;
      progress.progressAt = now;
      if (wasLowest) this.#lowest();
    }
    return true;
  }

  #isOutdated({ member }: Progress, { version, joinVersion }: Acknowledgement): boolean {
    if (joinVersion !== member.joinVersion) return true;
    return version < member.joinVersion || version < this.#since;
  }

  /** Whether processes of any other member have too much unread. */
  get isPressed(): boolean {
    return this.#pressed;
  }

  #notePressure(): void {
    this.#pressed = this.#members.some(({ pressure }) => isPressed(pressure));
  }

  /** Up to here every other member has everything; Infinity when there is none. */
  get minimum(): number {
    return this.#minimum;
  }

  #recompute(): void {
    this.#members = [...this.#progress.values()];
    this.#full = undefined;
    this.#notePressure();
    this.#lowest();
  }

  #lowest(): void {
    this.#minimum = Number.POSITIVE_INFINITY;
    for (const { contiguous } of this.#members) {
      if (contiguous < this.#minimum) this.#minimum = contiguous;
    }
  }
}

/** What the leader knows of one member's progress. */
export interface Progress {
  readonly member: Member;
  /** The highest message up to which this member has everything. */
  contiguous: number;
  /** The highest `stable` that it has seen. */
  stableSeen: number;
  /** Has its state: it answered the takeover with a prefix, or acknowledged something since. */
  full: boolean;
  /** Position of the view that added it; a joiner counts with this value until it acknowledges more. */
  readonly floor: number;
  /** What it said last of the pressure of its processes; odd while they have too much unread. */
  pressure: number;
  /** When it last made progress, or had none to make. */
  progressAt: Instant;
}

/** How a member begins to be counted. */
export interface Standing {
  readonly full: boolean;
  readonly now: Instant;
  /** As it said in the takeover; a joiner, of whom nothing is known, does not press. */
  readonly pressure?: number | undefined;
}
