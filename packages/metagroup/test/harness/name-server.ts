import {
  compareMemberships,
  type DaemonId,
  daemonOf,
  type GroupName,
  type MembershipId,
} from '@group-services/core';
import type { Entry, FromNameServer, Member, ToNameServer } from '@group-services/wire';
import type { LeaderRecovery } from '../../src/index.js';

type Question<Kind extends ToNameServer['kind']> = Extract<ToNameServer, { readonly kind: Kind }>;
type Change = Question<'change'>;

/** What the name server of the tests does to the world. */
export interface NameServerPorts {
  readonly send: (to: DaemonId, message: FromNameServer) => void;
  readonly isConnected: (daemon: DaemonId) => boolean;
  readonly after: (delayMs: number, task: () => void) => void;
}

/** So long a leader may take to object to a claim. */
const PROBE_TIMEOUT_MS = 60;

/**
 * The rules of `internal-layer.md` §2 in their shortest form, for one domain without restarts of
 * the name server: compare-and-swap, look-ups, probes of leaders that are still connected.
 */
export class TestNameServer {
  readonly #recovery: LeaderRecovery;
  readonly #ports: NameServerPorts;
  readonly entries = new Map<GroupName, Entry>();
  /** The change that made the present entry. */
  readonly #madeBy = new Map<GroupName, string>();
  readonly #probes = new Map<string, Change>();
  readonly #complaints = new Map<string, number>();
  /** The highest look-up of each daemon: an older one that comes later is over. */
  readonly #numbers = new Map<DaemonId, number>();
  #generation = 0;
  #probeCount = 0;

  constructor(recovery: LeaderRecovery, ports: NameServerPorts) {
    this.#recovery = recovery;
    this.#ports = ports;
  }

  received(from: DaemonId, message: ToNameServer): void {
    switch (message.kind) {
      case 'resolve':
        return this.#onResolve(from, message);
      case 'change':
        return this.#onChange(from, message);
      case 'full':
        return this.#onFull(message);
      case 'delete':
        return this.#onDelete(from, message);
      case 'probed':
        return this.#onProbed(message);
      default:
        return;
    }
  }

  /** What a renewal of the lease would tell this daemon. */
  renew(daemon: DaemonId): void {
    for (const entry of this.entries.values()) this.#ports.send(daemon, { kind: 'notice', entry });
  }

  /** All its full members are over: nobody has the state of the group any more. */
  forgetSuperseded(isOver: (member: MembershipId) => boolean): void {
    for (const [group, entry] of this.entries) {
      if (entry.members.every((member) => !member.full || isOver(member.id))) {
        this.entries.delete(group);
      }
    }
  }

  #onResolve(from: DaemonId, question: Question<'resolve'>): void {
    const { group, membership, number, address } = question;
    if (number < (this.#numbers.get(from) ?? 0)) return;
    this.#numbers.set(from, number);
    // A daemon has one membership at a time: who asks for a new one has given up the older.
    this.forgetSuperseded(
      (member) => daemonOf(member) === from && compareMemberships(membership, member) > 0,
    );
    if (question.create && !this.entries.has(group)) {
      this.#generation += 1;
      this.entries.set(group, {
        group,
        generation: this.#generation,
        version: 1,
        since: 1,
        leader: membership,
        members: [{ id: membership, joinVersion: 1, full: true, address }],
      });
    }
    const entry = this.entries.get(group) ?? null;
    this.#ports.send(from, { kind: 'resolved', number, group, membership, entry });
  }

  #onChange(from: DaemonId, change: Change): void {
    const entry = this.entries.get(change.group);
    if (entry?.generation !== change.generation) return this.#refuse(from, change, 'generation');
    if (this.#madeBy.get(change.group) === change.id) return this.#accepted(from, change);
    if (entry.version !== change.fromVersion) return this.#refuse(from, change, 'version');
    const asker = entry.members.find((member) => member.id === change.asker);
    if (asker?.full !== true) return this.#refuse(from, change, 'not-a-full-member');
    const claims = change.asker !== entry.leader;
    const leader = entry.members.find((member) => member.id === change.leader);
    if (leader?.full !== true) return this.#refuse(from, change, 'invalid');
    if (claims && this.#mustProbe(entry, change)) return;
    this.#accept(from, change, entry);
  }

  /** A leader that is connected may object, up to the fourth complaint of one member. */
  #mustProbe(entry: Entry, change: Change): boolean {
    const leader = daemonOf(entry.leader);
    if (!this.#ports.isConnected(leader)) return false;
    for (const pending of this.#probes.values()) if (pending.id === change.id) return true;
    const key = `${entry.generation} ${entry.version} ${change.asker}`;
    const complaints = (this.#complaints.get(key) ?? 0) + 1;
    this.#complaints.set(key, complaints);
    if (complaints >= 4) return false;
    this.#probeCount += 1;
    const id = `probe-${this.#probeCount}`;
    this.#probes.set(id, change);
    this.#ports.after(PROBE_TIMEOUT_MS, () => this.#onUnanswered(id));
    const { group, generation, version } = entry;
    const complainer = change.asker;
    this.#ports.send(leader, {
      kind: 'probe',
      id,
      group,
      generation,
      version,
      entry,
      complainer,
      complaints,
    });
    return true;
  }

  #onUnanswered(id: string): void {
    const change = this.#probes.get(id);
    const entry = change === undefined ? undefined : this.entries.get(change.group);
    if (change === undefined || entry === undefined) return;
    this.#probes.delete(id);
    const current = entry.generation === change.generation && entry.version === change.fromVersion;
    if (current) this.#accept(daemonOf(change.asker), change, entry);
    else this.#refuse(daemonOf(change.asker), change, 'version');
  }

  #onProbed(answer: Question<'probed'>): void {
    const change = this.#probes.get(answer.id);
    this.#probes.delete(answer.id);
    if (change === undefined) return;
    const from = daemonOf(change.asker);
    const entry = this.entries.get(change.group);
    if (entry?.generation !== change.generation || entry.version !== change.fromVersion) {
      this.#refuse(from, change, 'version');
    } else if (answer.leads && answer.version === entry.version) {
      this.#refuse(from, change, 'leader-alive');
    } else {
      this.#accept(from, change, entry);
    }
  }

  /** Claims against a leader whose connection is closed need no answer of it any more. */
  disconnected(daemon: DaemonId): void {
    for (const [id, change] of this.#probes) {
      const entry = this.entries.get(change.group);
      if (entry === undefined || daemonOf(entry.leader) !== daemon) continue;
      this.#probes.delete(id);
      this.#onChange(daemonOf(change.asker), change);
    }
  }

  #accept(from: DaemonId, change: Change, entry: Entry): void {
    const version = entry.version + 1;
    const same = change.leader === entry.leader && !change.takeover;
    const { group, generation } = entry;
    const since = same ? entry.since : version;
    const asked = { leader: change.leader, members: nextMembers(entry, change) };
    const chooses = this.#recovery === 'name-server' && change.asker !== entry.leader;
    const { leader, members } = chooses ? this.#choose(entry, asked) : asked;
    const next: Entry = { group, generation, version, since, leader, members };
    this.entries.set(group, next);
    this.#madeBy.set(group, change.id);
    this.#accepted(from, change);
    const silent = this.#recovery === 'silent' && since === version;
    const lists = silent ? [] : [...entry.members, ...members];
    const told = new Set([leader, ...lists.map((member) => member.id)].map(daemonOf));
    told.delete(from);
    for (const daemon of told) this.#ports.send(daemon, { kind: 'notice', entry: next });
  }

  /** The next active full member of our own list leads. */
  #choose(
    entry: Entry,
    asked: { readonly leader: MembershipId; readonly members: readonly Member[] },
  ): { readonly leader: MembershipId; readonly members: Member[] } {
    const active = (member: Member): boolean => this.#ports.isConnected(daemonOf(member.id));
    const kept = new Set(asked.members.map((member) => member.id));
    const members = entry.members.filter(
      (member) => member.id !== entry.leader && (kept.has(member.id) || active(member)),
    );
    const chosen = members.find((member) => member.full && active(member));
    return { leader: chosen?.id ?? asked.leader, members };
  }

  #accepted(from: DaemonId, change: Change): void {
    const { id, group } = change;
    const entry = this.entries.get(group) ?? null;
    this.#ports.send(from, { kind: 'changed', id, group, accepted: true, entry });
  }

  #refuse(
    from: DaemonId,
    change: Change,
    reason: 'generation' | 'version' | 'not-a-full-member' | 'invalid' | 'leader-alive',
  ): void {
    const { id, group } = change;
    const entry = this.entries.get(group) ?? null;
    this.#ports.send(from, { kind: 'changed', id, group, accepted: false, reason, entry });
  }

  #onFull(message: Question<'full'>): void {
    const entry = this.entries.get(message.group);
    if (entry?.generation !== message.generation) return;
    const members = entry.members.map((member) =>
      member.id === message.membership && member.joinVersion === message.joinVersion
        ? { ...member, full: true }
        : member,
    );
    this.entries.set(message.group, { ...entry, members });
  }

  #onDelete(from: DaemonId, message: Question<'delete'>): void {
    const { group, generation, version } = message;
    const entry = this.entries.get(group);
    if (entry?.generation === generation && entry.version === version) this.entries.delete(group);
    const current = this.entries.get(group) ?? null;
    this.#ports.send(from, { kind: 'deleted', group, generation, version, entry: current });
  }
}

/** Those kept as the table knows them, then the newcomers, joining. */
function nextMembers(entry: Entry, change: Change): Member[] {
  const asked = new Set(change.members.map((member) => member.id));
  const known = new Set(entry.members.map((member) => member.id));
  return [
    ...entry.members.filter((member) => asked.has(member.id)),
    ...change.members
      .filter((member) => !known.has(member.id))
      .map((member) => ({ ...member, joinVersion: entry.version + 1, full: false })),
  ];
}
