import {
  type DaemonId,
  type GroupName,
  type Instant,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import type { Entry, ToNameServer } from '@group-services/wire';

/** What a daemon holds when it registers. */
export type Registration = Extract<ToNameServer, { readonly kind: 'register' }>;
type RegisteredHolding = Registration['holdings'][number];

/** What becomes of a group when the window closes. */
export interface RecoveredGroup {
  readonly group: GroupName;
  /** The highest entry heard. */
  readonly entry: Entry;
  /** Its members that did not register under the same membership; the group continues if none. */
  readonly missing: readonly MembershipId[];
  /** Somebody has been in a later generation, whose members are all gone: this one is over. */
  readonly isOutdated: boolean;
}

/**
 * The restart of a name server without a disk (`metagroup-protocol.md` §2, store `memory`).
 *
 * For a while daemons tell what they hold, and from then on refuse answers of the former start. A
 * group continues only if **every** member of the highest entry heard is among them under the same
 * membership. One that is missing may have gone on alone with a higher version that the former name
 * server had granted, and delivered safe messages in it; continuing from the highest version heard
 * would then lose them and use that version twice. Nor does it continue if a daemon that is in it no more
 * has been in a later generation: that one's views were seen.
 *
 * The timer is started by the first step and stops when the window closes.
 */
export class RecoveryWindow {
  readonly #lengthMs: number;
  readonly #registered = new Map<DaemonId, readonly RegisteredHolding[]>();
  /** The highest entry heard of each group, from whomever, also from one that is gone again. */
  readonly #heard = new Map<GroupName, Entry>();
  /** The highest generation of each group that anybody has been in. */
  readonly #seen = new Map<GroupName, number>();
  #closesAt: Instant = Number.NEGATIVE_INFINITY;
  #open: boolean;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
    this.#open = lengthMs > 0;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Entries kept; the engine bounds it. */
  get heardCount(): number {
    return this.#heard.size;
  }

  /** Until the first step there is no clock: then the deadline is due at once. */
  deadline(): Instant {
    return this.#open ? this.#closesAt : NEVER;
  }

  start(now: Instant): void {
    if (this.#closesAt === Number.NEGATIVE_INFINITY) this.#closesAt = now + this.#lengthMs;
  }

  /** Notes what a daemon holds now; it replaces what the same daemon said before. */
  register(daemon: DaemonId, registration: Registration, groupsMax: number): void {
    if (!this.#open) return;
    this.#registered.set(daemon, registration.holdings);
    for (const { entry } of registration.holdings) {
      const heard = this.#heard.get(entry.group);
      if (heard === undefined ? this.#heard.size < groupsMax : isHigher(entry, heard)) {
        this.#heard.set(entry.group, entry);
      }
    }
    for (const { group, generation } of registration.seen ?? []) {
      const seen = this.#seen.get(group);
      if (seen === undefined ? this.#seen.size < groupsMax : generation > seen) {
        this.#seen.set(group, generation);
      }
    }
  }

  /** The daemon stops in order: it holds nothing any more. */
  withdraw(daemon: DaemonId): void {
    this.#registered.delete(daemon);
  }

  /** Closes the window and says what became of each group, in the order in which they were heard of. */
  close(): readonly RecoveredGroup[] {
    const holders = new Map<string, boolean>();
    for (const holdings of this.#registered.values()) {
      for (const holding of holdings) holders.set(holderKey(holding), holding.full);
    }
    const groups = [...this.#heard.values()].map((heard) => ({
      ...recovered(heard, holders),
      isOutdated: (this.#seen.get(heard.group) ?? 0) > heard.generation,
    }));
    this.#open = false;
    this.#registered.clear();
    this.#heard.clear();
    this.#seen.clear();
    return groups;
  }
}

function recovered(
  heard: Entry,
  holders: ReadonlyMap<string, boolean>,
): Omit<RecoveredGroup, 'isOutdated'> {
  const { group, generation } = heard;
  const keyOf = (membership: MembershipId): string => holderKey({ group, generation, membership });
  const members = heard.members.map((member) => ({
    ...member,
    full: member.full || holders.get(keyOf(member.id)) === true,
  }));
  return {
    group,
    entry: { ...heard, members },
    missing: members.map(({ id }) => id).filter((id) => !holders.has(keyOf(id))),
  };
}

function holderKey(holding: {
  readonly group: GroupName;
  readonly generation: number;
  readonly membership: MembershipId;
}): string {
  return `${holding.generation} ${holding.membership} ${holding.group}`;
}

function isHigher(a: Entry, b: Entry): boolean {
  return a.generation === b.generation ? a.version > b.version : a.generation > b.generation;
}
