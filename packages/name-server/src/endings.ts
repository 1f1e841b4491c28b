import {
  compareMemberships,
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';
import type { Table } from './table.js';

/**
 * Lives of groups that were given up while members of them live.
 *
 * Each is told at once, and until all have confirmed it (`disown`) the group is not formed anew: two
 * lives of one group would have two oldest providers, and both would decide. Who does not answer is
 * waited for as long as its lease lasts; one whose lease is over is cut off, and its policy of isolation
 * says what it does.
 */
export class Endings {
  readonly #ports: EndingPorts;
  readonly #endings = new Map<GroupName, Ending>();
  /** No ending is due before; looked at anew whenever it comes. */
  #wakeAt: Instant = NEVER;

  constructor(ports: EndingPorts) {
    this.#ports = ports;
  }

  /** Whether somebody may still go on in the former life of a group. */
  holds(group: GroupName): boolean {
    return this.#endings.has(group);
  }

  /** Tells the daemon of a membership that its generation is over. */
  tell(survivor: Survivor, now: Instant): void {
    const { table, roster, outbox } = this.#ports;
    const { group, generation, version, membership } = survivor;
    const daemon = daemonOf(membership);
    const entry = table.group(group)?.entry ?? null;
    outbox.send(daemon, { kind: 'deleted', group, generation, version, entry, membership });
    // With an entry another life has begun already: there is nothing left to wait for.
    if (entry !== null || roster.standing(daemon, now) !== 'fresh') return;
    const known = this.#endings.get(group);
    if (known === undefined && this.#endings.size >= this.#ports.groupsMax) return;
    const lease = roster.leaseUntil(daemon) ?? now;
    const survivors = known?.survivors ?? new Set();
    const until = Math.max(lease, known?.until ?? lease);
    this.#endings.set(group, { generation, survivors: survivors.add(membership), until });
    this.#wakeAt = Math.min(this.#wakeAt, until);
  }

  /** A daemon says that a membership is over. */
  confirmed(group: GroupName, membership: MembershipId): void {
    const ending = this.#endings.get(group);
    if (ending?.survivors.delete(membership) !== true || ending.survivors.size > 0) return;
    this.#end(group);
  }

  /** A daemon has one membership at a time: who asks for another is out of the earlier ones. */
  asksFor(group: GroupName, membership: MembershipId): void {
    for (const survivor of this.#endings.get(group)?.survivors ?? []) {
      const same = daemonOf(survivor) === daemonOf(membership);
      if (same && compareMemberships(membership, survivor) > 0) this.confirmed(group, survivor);
    }
  }

  /** A daemon is over, and its memberships with it. */
  daemonOver(daemon: DaemonId): void {
    for (const [group, { survivors }] of this.#endings) {
      for (const membership of survivors) {
        if (daemonOf(membership) === daemon) this.confirmed(group, membership);
      }
    }
  }

  deadline(): Instant {
    return this.#wakeAt;
  }

  onDeadline(now: Instant): void {
    if (now < this.#wakeAt) return;
    this.#wakeAt = NEVER;
    for (const [group, { until, survivors, generation }] of this.#endings) {
      if (until > now) {
        this.#wakeAt = Math.min(this.#wakeAt, until);
        continue;
      }
      const unheard = [...survivors].slice(0, 8).join(' ');
      const life = { group, generation };
      this.#ports.outbox.ofGroup('warn', 'former-life-unconfirmed', life, { unheard });
      this.#end(group);
    }
  }

  #end(group: GroupName): void {
    this.#endings.delete(group);
    this.#ports.over(group);
  }
}

/** A membership of a generation that is over, whose daemon has to be told. */
export interface Survivor {
  readonly group: GroupName;
  readonly generation: number;
  readonly version: number;
  readonly membership: MembershipId;
}

interface Ending {
  /** The life of the group that was told of last. */
  readonly generation: number;
  readonly survivors: Set<MembershipId>;
  /** Then the group may be formed anew, whoever has not answered. */
  readonly until: Instant;
}

/** What endings need. */
export interface EndingPorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly groupsMax: number;
  /** Everybody has heard that the group's former life is over. */
  readonly over: (group: GroupName) => void;
}
