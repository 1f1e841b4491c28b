import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  type MembershipId,
} from '@group-services/core';
import type { ChangeRefusal, Entry, ToNameServer } from '@group-services/wire';
import { type ChangeQuestion, changeKey, judgeChange } from './change-rules.js';
import { Claims, type PendingClaim } from './claims.js';
import type { Endings, Survivor } from './endings.js';
import { LeadWatch } from './lead-watch.js';
import { afterAbsentLeader, afterEndedLeader, chooseLeader, oldestLeads } from './leader-choice.js';
import { type LeaderRecovery, noticeReceivers } from './notices.js';
import type { Outbox } from './outbox.js';
import { isHigher } from './recovery-window.js';
import type { Roster } from './roster.js';
import type { Silence } from './silence.js';
import type { Table } from './table.js';

/**
 * `change`, `full` and `delete` (`internal-layer.md` §2): the one path by which memberships come,
 * go and lead.
 *
 * A claim while the leader's lease is fresh is followed by a probe to the leader; only "I lead this
 * version" refuses it. It is carried out at once when the leader's connection is closed (then the
 * claimant is the second witness), when no answer comes in time, and at the fourth complaint. The time is short
 * for a leader that has missed a renewal as well: then its silence is known from two sides, and has lasted. All
 * that an early acceptance can cost is one takeover: every accepted list is a safe one.
 */
export class Changes {
  readonly #ports: ChangePorts;
  readonly #claims = new Claims();
  readonly #leads: LeadWatch;
  #probes = 0;
  /** Until then no claim that waits for what is unread is looked at again. */
  #lookAgainAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(ports: ChangePorts) {
    this.#ports = ports;
    this.#leads = new LeadWatch(ports, (group) => this.#leaderAbsent(group));
  }

  get pendingCount(): number {
    return this.#claims.size;
  }

  /** Claims that wait for an answer, and the looks at who leads. */
  deadline(): Instant {
    const claims = Math.max(this.#claims.deadline(), this.#lookAgainAt);
    return Math.min(claims, this.#leads.deadline());
  }

  onDeadline(now: Instant): void {
    this.#leads.onDeadline(now);
    // An answer that came in time may still have to be read.
    let isAnyUnread = false;
    for (const claim of this.#claims.due(now)) {
      if (claim.until > this.#ports.roster.readUpTo(claim.leader, now)) isAnyUnread = true;
      else if (!this.#isHeardSince(claim, now)) this.#carryOut(claim);
    }
    if (isAnyUnread) this.#lookAgainAt = now + this.#ports.probeTimeoutMs * LOOK_AGAIN;
  }

  onChange(from: DaemonId, question: ChangeQuestion, now: Instant): void {
    if (this.#claims.isPending(question)) return;
    const stored = this.#ports.table.group(question.group);
    const verdict = judgeChange(stored, question);
    switch (verdict.kind) {
      case 'refused':
        this.refuse(from, question, verdict.reason);
        break;
      case 'repeated':
        this.#answer(question, true);
        break;
      case 'change':
        this.#accept(question, verdict.next);
        break;
      case 'claim':
        if (stored !== undefined) this.#onClaim(question, stored.entry, verdict.next, now);
        break;
    }
  }

  refuse(from: DaemonId, question: ChangeQuestion, reason: ChangeRefusal): void {
    const { id, group } = question;
    const entry = this.#ports.table.group(group)?.entry ?? null;
    this.#ports.outbox.send(from, { kind: 'changed', id, group, accepted: false, reason, entry });
  }

  /** A probe is answered: a leader that does not lead, or another version, cannot object. */
  onProbed(from: DaemonId, answer: Probed): void {
    const claim = this.#claims.find(answer.group, answer.id);
    if (claim === undefined || claim.leader !== from) return;
    const entry = this.#ports.table.group(answer.group)?.entry;
    const leads =
      answer.leads &&
      answer.generation === entry?.generation &&
      answer.version === entry.version &&
      daemonOf(entry.leader) === from;
    if (!leads) {
      this.#carryOut(claim);
      return;
    }
    const { question } = claim;
    this.#claims.remove(question.group, question.asker);
    this.refuse(daemonOf(question.asker), question, 'leader-alive');
  }

  onFull(message: Full): void {
    const stored = this.#ports.table.group(message.group);
    if (stored === undefined || stored.entry.generation !== message.generation) return;
    const { entry, change } = stored;
    const isMeant = (member: Entry['members'][number]): boolean =>
      member.id === message.membership && member.joinVersion === message.joinVersion;
    if (!entry.members.some((member) => isMeant(member) && !member.full)) return;
    const members = entry.members.map((member) =>
      isMeant(member) ? { ...member, full: true } : member,
    );
    const next = { ...entry, members };
    const { outbox } = this.#ports;
    outbox.commit({ kind: 'entry', entry: next, change });
    // Who is next in line depends on it: everybody must judge that from the same list.
    for (const { id } of members) outbox.send(daemonOf(id), { kind: 'notice', entry: next });
  }

  /** Only the last member deletes, and only the version that it knows (⚠ late duplicates). */
  onDelete(from: DaemonId, message: Delete): void {
    const { table, outbox } = this.#ports;
    const { group, generation, version, membership } = message;
    const entry = table.group(group)?.entry;
    const matches =
      entry?.generation === generation &&
      entry.version === version &&
      entry.leader === membership &&
      entry.members.length === 1;
    if (matches) {
      outbox.commit({ kind: 'gone', group, generation });
      outbox.ofGroup('info', 'group-deleted', message);
      this.groupChanged(group);
    }
    const current = table.group(group)?.entry ?? null;
    outbox.send(from, { kind: 'deleted', group, generation, version, entry: current });
  }

  /** An operator gives the group up. */
  onReset(from: DaemonId, message: Reset, now: Instant): void {
    const { table, outbox } = this.#ports;
    const { group, number } = message;
    const entry = table.group(group)?.entry;
    if (entry !== undefined) this.#giveUp(entry, { event: 'group-reset', by: from }, now);
    const generation = entry?.generation ?? null;
    outbox.send(from, { kind: 'given-up', number, group, generation });
  }

  /**
   * A daemon comes after the recovery window and knows of a later generation or version than the one
   * that was continued: processes have seen its views, so that the earlier one must not go on.
   */
  laterLife(later: Omit<Survivor, 'membership'>, by: DaemonId, now: Instant): void {
    const entry = this.#ports.table.group(later.group)?.entry;
    if (entry === undefined || !isHigher(later, entry)) return;
    this.#giveUp(entry, { event: 'group-outdated', by }, now);
  }

  /** Whoever is left of it is told; one that cannot be reached goes on until it registers again. */
  #giveUp(
    entry: Entry,
    why: { readonly event: string; readonly by: DaemonId },
    now: Instant,
  ): void {
    const { outbox, endings } = this.#ports;
    const { group, generation, version, members } = entry;
    outbox.commit({ kind: 'gone', group, generation });
    outbox.ofGroup('warn', why.event, entry, { by: why.by });
    for (const { id } of members) endings.tell({ group, generation, version, membership: id }, now);
    this.groupChanged(group);
  }

  /** A leader is back: claims against it that could not be put to it before are put now. */
  leaderConnected(leader: DaemonId): void {
    for (const claim of this.#claims.against(leader)) this.#probe(claim);
  }

  /** A daemon's connection ended: nobody is left to object, or to be answered. */
  daemonGone(daemon: DaemonId): void {
    this.#claims.dropOf(daemon);
    for (const claim of this.#claims.against(daemon)) this.#carryOut(claim);
  }

  /** The entry has changed or is gone: what waited was asked from an outdated version. */
  groupChanged(group: GroupName): void {
    for (const { question } of this.#claims.takeGroup(group)) {
      const verdict = judgeChange(this.#ports.table.group(group), question);
      const reason = verdict.kind === 'refused' ? verdict.reason : 'version';
      this.refuse(daemonOf(question.asker), question, reason);
    }
  }

  /**
   * Daemons say that listed memberships of theirs are over. If one of them is the leader's, its daemon
   * lives, and a member that has nothing to say to it would never notice: we choose the next leader
   * ourselves, which learns it as it learns of an acceptance whose answer was lost.
   */
  membersEnded(group: GroupName): void {
    const { table, hasEnded, isActive } = this.#ports;
    const before = table.group(group)?.entry;
    if (before === undefined) return;
    const next = afterEndedLeader(before, {
      ended: ({ id }) => hasEnded(group, id),
      active: ({ id }) => isActive(group, id),
    });
    if (next !== undefined) this.#decide(next);
  }

  /**
   * The leader's daemon has been out of contact for longer than its lease. It cannot change the list, and
   * nobody who hears it would claim: we choose the next leader ourselves.
   */
  #leaderAbsent(group: GroupName): void {
    const { table, isActive } = this.#ports;
    const before = table.group(group)?.entry;
    if (before === undefined || isActive(group, before.leader)) return;
    const next = afterAbsentLeader(before, ({ id }) => isActive(group, id));
    if (next !== undefined) this.#decide(next);
  }

  /** A change that nobody has asked for; all members are told. */
  #decide(next: Entry): void {
    const { outbox } = this.#ports;
    outbox.commit({ kind: 'entry', entry: next, change: null });
    this.#logChange(next);
    for (const daemon of new Set(next.members.map(({ id }) => daemonOf(id)))) {
      outbox.send(daemon, { kind: 'notice', entry: next });
    }
    this.groupChanged(next.group);
    this.#ports.accepted(next.group);
  }

  #onClaim(question: ChangeQuestion, entry: Entry, next: Entry, now: Instant): void {
    const complaints = this.#claims.complain(entry, question.asker);
    const until = complaints >= COMPLAINTS_MAX ? now : this.#mayObjectUntil(entry, now, now);
    if (until <= now) {
      this.#accept(question, this.#claimed(entry, next));
      return;
    }
    this.#claims.remove(question.group, question.asker);
    if (this.#claims.size >= this.#ports.pendingMax) return;
    this.#probes += 1;
    const probe = `${this.#ports.epoch}.${this.#probes}`;
    const leader = daemonOf(entry.leader);
    const claim = { probe, question, leader, complaints, until, askedAt: now };
    this.#claims.add(claim);
    this.#probe(claim);
  }

  /** How long a claim waits for the leader; no later than `now` when the leader cannot object. */
  #mayObjectUntil(entry: Entry, askedAt: Instant, now: Instant): Instant {
    const { roster, table, probeTimeoutMs, leaseMs } = this.#ports;
    const leader = daemonOf(entry.leader);
    if (table.isSuperseded(leader)) return now;
    if (roster.standing(leader, now) === 'unknown') {
      return Math.min(askedAt + probeTimeoutMs, this.#ports.trustUnknownUntil());
    }
    if (!roster.isConnected(leader)) return now;
    const heardAt = roster.heardAt(leader) ?? now;
    const silent = Math.max(askedAt + leaseMs * LEAST_TIME, heardAt + leaseMs * MISSED);
    return Math.min(askedAt + probeTimeoutMs, now + roster.leaseLeftMs(leader, now), silent);
  }

  /** The leader has renewed its lease since it was asked: it may take its time, and the claim waits on. */
  #isHeardSince(claim: PendingClaim, now: Instant): boolean {
    const entry = this.#ports.table.group(claim.question.group)?.entry;
    if (entry === undefined) return false;
    const until = this.#mayObjectUntil(entry, claim.askedAt, now);
    if (until <= claim.until) return false;
    this.#claims.add({ ...claim, until });
    return true;
  }

  #probe(claim: PendingClaim): void {
    const { group, asker } = claim.question;
    const entry = this.#ports.table.group(group)?.entry;
    if (entry === undefined) return;
    const { generation, version } = entry;
    this.#ports.outbox.send(claim.leader, {
      kind: 'probe',
      id: claim.probe,
      group,
      generation,
      version,
      entry,
      complainer: asker,
      complaints: claim.complaints,
    });
  }

  #carryOut(claim: PendingClaim): void {
    const { question } = claim;
    this.#claims.remove(question.group, question.asker);
    const stored = this.#ports.table.group(question.group);
    const verdict = judgeChange(stored, question);
    if (stored !== undefined && verdict.kind === 'claim') {
      this.#accept(question, this.#claimed(stored.entry, verdict.next));
    } else {
      this.refuse(daemonOf(question.asker), question, 'version');
    }
  }

  /** What a claim leads to: the asker says that there is to be another leader, and not who. */
  #claimed(entry: Entry, claim: Entry): Entry {
    const { leaderRecovery, isActive } = this.#ports;
    const choose = leaderRecovery === 'name-server' ? chooseLeader : oldestLeads;
    return choose(entry, claim, ({ id }) => isActive(entry.group, id));
  }

  #accept(question: ChangeQuestion, next: Entry): void {
    const { table, outbox, leaderRecovery } = this.#ports;
    const before = table.group(question.group)?.entry;
    if (before === undefined) return;
    outbox.commit({ kind: 'entry', entry: next, change: changeKey(question) });
    this.#logChange(next);
    this.#answer(question, true);
    const change = { before, after: next, asker: question.asker };
    for (const daemon of noticeReceivers(leaderRecovery, change)) {
      outbox.send(daemon, { kind: 'notice', entry: next });
    }
    this.groupChanged(question.group);
    this.#ports.accepted(question.group);
  }

  #logChange(entry: Entry): void {
    const { version, since, leader, members } = entry;
    const event = since === version ? 'leader-changed' : 'members-changed';
    this.#ports.outbox.ofGroup('info', event, entry, { leader, members: members.length });
  }

  #answer(question: ChangeQuestion, accepted: boolean): void {
    const { id, group, asker } = question;
    const entry = this.#ports.table.group(group)?.entry ?? null;
    this.#ports.outbox.send(daemonOf(asker), { kind: 'changed', id, group, accepted, entry });
  }
}

type Full = Extract<ToNameServer, { readonly kind: 'full' }>;
type Delete = Extract<ToNameServer, { readonly kind: 'delete' }>;
type Reset = Extract<ToNameServer, { readonly kind: 'reset' }>;
type Probed = Extract<ToNameServer, { readonly kind: 'probed' }>;

/** With this complaint of one member in one version its claim is carried out, whatever the leader says. */
const COMPLAINTS_MAX = 4;
/** A leader renews every third of a lease. After this share without a word it has missed that. */
const MISSED = 1 / 2;
/** This share of a lease it has for an answer even then. */
const LEAST_TIME = 1 / 12;
/** A claim that had to wait for what is unread is looked at again after this share of a probe's time. */
const LOOK_AGAIN = 1 / 16;

/** What changes need. */
export interface ChangePorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly endings: Endings;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly silence: Silence;
  readonly leaderRecovery: LeaderRecovery;
  readonly probeTimeoutMs: number;
  readonly pendingMax: number;
  /** Whether a listed membership can lead as far as we know. */
  readonly isActive: (group: GroupName, membership: MembershipId) => boolean;
  /** Whether a listed membership is over by its own daemon's word. */
  readonly hasEnded: (group: GroupName, membership: MembershipId) => boolean;
  /** Until then a daemon that has not come back after our restart is believed to be alive. */
  readonly trustUnknownUntil: () => Instant;
  /** Told when a change is accepted: those that it leaves may all be over. */
  readonly accepted: (group: GroupName) => void;
}
