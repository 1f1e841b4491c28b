import {
  compareMemberships,
  type DaemonId,
  daemonOf,
  type GroupName,
  type MembershipId,
} from '@group-services/core';
import type { AbsentNode, Entry, ToNameServer } from '@group-services/wire';
import type { Endings } from './endings.js';
import type { Generations } from './generations.js';
import type { Outbox } from './outbox.js';
import type { Table } from './table.js';
import { Watchers } from './watchers.js';

/**
 * `resolve` (`internal-layer.md` §2, FIG. 8, M3, M4): the entry of a group, which is made when
 * there is none and the asker wants it. "You are the leader" is an entry whose leader is the asker.
 *
 * While the recovery window is open look-ups wait, since a group that nobody has registered yet may
 * still be registered; so do those of a group whose former life is not over everywhere. A waiting look-up ends with the connection it came by: its owner asks anew.
 */
export class Lookups {
  readonly #ports: LookupPorts;
  /** The newest look-up of each daemon for each group. */
  readonly #waiting = new Map<string, { readonly from: DaemonId; readonly lookup: Lookup }>();
  readonly #watchers: Watchers;
  /** Memberships that entries still list although their daemons, which live, have ended them. */
  readonly #ended = new Map<GroupName, ReadonlySet<MembershipId>>();

  constructor(ports: LookupPorts) {
    this.#ports = ports;
    this.#watchers = new Watchers(ports.waitingMax);
  }

  get watcherCount(): number {
    return this.#watchers.count;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  wait(from: DaemonId, lookup: Lookup): void {
    const key = `${from} ${lookup.group}`;
    if (this.#waiting.size < this.#ports.waitingMax || this.#waiting.has(key)) {
      this.#waiting.set(key, { from, lookup });
    }
  }

  dropOf(daemon: DaemonId): void {
    this.#watchers.dropOf(daemon);
    for (const [key, { from }] of this.#waiting) {
      if (from === daemon) this.#waiting.delete(key);
    }
  }

  /** The window is closed, or a group's former life over: what waited is answered, as it came. */
  answerWaiting(group?: GroupName): void {
    for (const [key, { from, lookup }] of [...this.#waiting]) {
      if (group !== undefined && lookup.group !== group) continue;
      this.#waiting.delete(key);
      this.answer(from, lookup);
    }
  }

  answer(from: DaemonId, lookup: Lookup): void {
    const { number, group, membership } = lookup;
    for (const { id } of this.#ports.table.group(group)?.entry.members ?? []) {
      // A daemon has one membership at a time: an older one is over when it asks for another.
      const same = daemonOf(id) === daemonOf(membership);
      if (same && compareMemberships(membership, id) > 0) this.onEnded(group, id);
    }
    this.startAnewWithoutState(group);
    this.#ports.endings.asksFor(group, membership);
    const known = this.#ports.table.group(group)?.entry;
    if (known === undefined && lookup.create && this.#ports.endings.holds(group)) {
      this.wait(from, lookup);
      return;
    }
    const entry = known ?? this.#create(lookup);
    if (entry === null && !lookup.create) this.#watchers.add(group, from);
    const absent = entry === null ? [] : this.#ports.absentNodes(entry);
    const waitsFor = absent.length > 0 ? absent : undefined;
    const answer = { kind: 'resolved' as const, number, group, membership, entry };
    this.#ports.outbox.send(from, { ...answer, ...(waitsFor && { waitsFor }) });
  }

  /**
   * This membership is over, says its daemon: it left while nobody could confirm it, or asks for
   * another. It is said again with every renewal, so that nothing has to be kept over a restart.
   */
  onEnded(group: GroupName, membership: MembershipId): void {
    const { table } = this.#ports;
    const known = this.#ended.get(group);
    const listed = table.group(group)?.entry.members.map(({ id }) => id) ?? [];
    const ended = listed.filter((id) => id === membership || known?.has(id) === true);
    for (const name of this.#ended.keys()) {
      if (table.group(name) === undefined) this.#ended.delete(name);
    }
    if (ended.length > 0) this.#ended.set(group, new Set(ended));
    this.startAnewWithoutState(group);
    if (ended.length > 0) this.#ports.membersEnded(group);
  }

  /** Whether a listed membership is over. */
  hasEnded(group: GroupName, membership: MembershipId): boolean {
    return this.#ended.get(group)?.has(membership) === true;
  }

  /** Whether nothing of a listed membership can be live any more. */
  isOver(group: GroupName, id: MembershipId): boolean {
    const daemon = daemonOf(id);
    return (
      this.#ports.table.isSuperseded(daemon) ||
      this.hasEnded(group, id) ||
      this.#ports.isSilent(daemon)
    );
  }

  /**
   * Gives a group up whose full members are all superseded or over: nobody has its state any more, and
   * its next member forms a new generation. With the policy `suspend`, and of ephemeral daemons, long
   * silence is a reason, too.
   */
  startAnewWithoutState(group: GroupName): void {
    const { table, outbox } = this.#ports;
    const entry = table.group(group)?.entry;
    if (entry === undefined) return;
    if (!entry.members.every((member) => !member.full || this.isOver(group, member.id))) return;
    outbox.commit({ kind: 'gone', group, generation: entry.generation });
    outbox.ofGroup('info', 'group-without-state', entry);
    this.#ended.delete(group);
    this.#ports.groupGone(group);
  }

  #create(lookup: Lookup): Entry | null {
    const { table, outbox, generations, groupsMax } = this.#ports;
    if (!lookup.create) return null;
    const { group, membership, address } = lookup;
    if (table.groupCount >= groupsMax) {
      outbox.ofGroup('warn', 'too-many-groups', { group }, { groups: table.groupCount });
      return null;
    }
    const generation = generations.next();
    const entry: Entry = {
      group,
      generation,
      version: 1,
      since: 1,
      leader: membership,
      members: [{ id: membership, joinVersion: 1, full: true, address }],
    };
    outbox.commit({ kind: 'entry', entry, change: null });
    outbox.ofGroup('info', 'group-formed', entry, { leader: membership });
    for (const daemon of this.#watchers.take(group)) outbox.send(daemon, { kind: 'formed', group });
    return entry;
  }
}

/** Who leads this group? Or: let me form it. */
export type Lookup = Extract<ToNameServer, { readonly kind: 'resolve' }>;

/** What look-ups need. */
export interface LookupPorts {
  readonly table: Table;
  readonly outbox: Outbox;
  readonly generations: Generations;
  /** Former lives of groups that are not over everywhere. */
  readonly endings: Endings;
  readonly groupsMax: number;
  readonly waitingMax: number;
  /** It has been silent for so long that nothing of this daemon can be live any more. */
  readonly isSilent: (daemon: DaemonId) => boolean;
  /** Told of an entry that somebody asks for: the nodes it waits for. */
  readonly absentNodes: (entry: Entry) => AbsentNode[];
  /** Told when members of a group have ended by their daemons' word. */
  readonly membersEnded: (group: GroupName) => void;
  /** Told when a group has been given up. */
  readonly groupGone: (group: GroupName) => void;
}
