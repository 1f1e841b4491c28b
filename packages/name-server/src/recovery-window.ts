import {
  type DaemonId,
  type GroupName,
  type Instant,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import type { Entry, ToNameServer } from '@group-services/wire';
import type { Table } from './table.js';

/**
 * The start of a name server whose table may be missing something (`internal-layer.md` §2): it is
 * kept in memory, its directory is new, or an older copy.
 *
 * For a while daemons tell what they hold, and from then on refuse answers of the former start. A
 * group continues only if **every** member of the highest entry heard is among them under the same
 * membership. One that is missing may have gone on alone with a higher version that the former name
 * server had granted, and delivered safe messages in it; continuing from the highest version heard
 * would then lose them and use that version twice. Nor does it continue if a daemon that is in it no more
 * has been in a later generation: that one's views were seen.
 *
 * The table's own entries count as heard, no more: an older copy says no more than a daemon that was
 * left behind.
 *
 * A window `watches` when the table was complete at its last start: answers do not wait, but until the
 * first of them it opens at once should a daemon know better. The timer runs while it is open.
 */
export class RecoveryWindow {
  readonly #lengthMs: number;
  readonly #registered = new Map<DaemonId, readonly RegisteredHolding[]>();
  /** The highest entry heard of each group, from whomever, also from one that is gone again. */
  readonly #heard = new Map<GroupName, Entry>();
  /** The highest generation of each group that anybody has been in. */
  readonly #seen = new Map<GroupName, number>();
  #state: 'watching' | 'open' | 'closed';
  #closesAt: Instant | undefined;

  constructor(lengthMs: number, state: 'watching' | 'open' | 'closed') {
    this.#lengthMs = lengthMs;
    this.#state = state;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isWatching(): boolean {
    return this.#state === 'watching';
  }

  /** Until the first step there is no clock: then the deadline is due at once. */
  deadline(): Instant {
    return this.isOpen ? (this.#closesAt ?? Number.NEGATIVE_INFINITY) : NEVER;
  }

  /** To be called first in every step. */
  start(now: Instant): void {
    if (this.isOpen) this.#closesAt ??= now + this.#lengthMs;
  }

  /** A daemon has been told more than the table knows: nobody is answered before all could register. */
  tableIsOutdated(now: Instant): void {
    this.#state = 'open';
    this.start(now);
  }

  /** Notes what a daemon holds now; it replaces what the same daemon said before. */
  register(daemon: DaemonId, registration: Registration, groupsMax: number): void {
    if (this.#state === 'closed') return;
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

  /** The first answer has been given: it is too late to open. */
  stopWatching(): void {
    if (!this.isWatching) return;
    this.#state = 'closed';
    this.#forget();
  }

  /** Closes the window and says what became of the groups, in the order in which they were heard of. */
  close(table: Table): Recovery {
    const holdings = [...this.#registered.values()].flat();
    const holders = new Map(holdings.map((holding) => [holderKey(holding), holding.full]));
    const groups = this.#highest(table).map((entry) => ({
      ...recovered(entry, holders),
      isOutdated: (this.#seen.get(entry.group) ?? 0) > entry.generation,
    }));
    this.#state = 'closed';
    this.#forget();
    return { groups, holdings };
  }

  #forget(): void {
    this.#registered.clear();
    this.#heard.clear();
    this.#seen.clear();
  }

  /** The highest entry of each group, heard or in the table. */
  #highest(table: Table): readonly Entry[] {
    const highest = new Map(this.#heard);
    for (const { entry } of table.groups()) {
      const heard = highest.get(entry.group);
      if (heard === undefined || isHigher(entry, heard)) highest.set(entry.group, entry);
    }
    return [...highest.values()];
  }
}

/** What a daemon holds when it registers. */
export type Registration = Extract<ToNameServer, { readonly kind: 'register' }>;
type RegisteredHolding = Registration['holdings'][number];

/** What becomes of a group when the window closes. */
export interface RecoveredGroup {
  readonly group: GroupName;
  /** The highest entry, heard or in the table. */
  readonly entry: Entry;
  /** Its members that did not register under the same membership; the group continues if none. */
  readonly missing: readonly MembershipId[];
  /** Somebody has been in a later generation, whose members are all gone: this one is over. */
  readonly isOutdated: boolean;
}

/** What a window has come to. */
export interface Recovery {
  readonly groups: readonly RecoveredGroup[];
  /** All that daemons hold. */
  readonly holdings: readonly RegisteredHolding[];
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

/** Whether something comes after something else in the life of a group. */
export function isHigher(
  a: Pick<Entry, 'generation' | 'version'>,
  b: Pick<Entry, 'generation' | 'version'>,
): boolean {
  return a.generation === b.generation ? a.version > b.version : a.generation > b.generation;
}
