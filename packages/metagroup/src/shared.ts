import {
  compareMemberships,
  type DaemonId,
  type DeadlineReached,
  daemonOf,
  type EndReason,
  heardUpTo,
  type Instant,
  type MembershipId,
  NEVER,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type { Data, Entry, GroupMessage, Member, Sync } from '@group-services/wire';
import type { Branch } from './branch.js';
import { Footing } from './footing.js';
import type { MetagroupOutput, NameServerQuestion, Observation } from './inputs.js';
import type { Answering, LeaderRecovery, MetagroupOptions } from './options.js';
import { isPressed } from './pressure.js';
import type { Waits } from './repetition.js';
import { Log } from './stream/log.js';

/**
 * What all sub-protocols of one membership share: who we are, where we stand among leaders, the newest
 * entry we know, the log, whom we suspect, and the outputs of the step that is running.
 *
 * Invariant: `delivered ≤ log.contiguous`.
 */
export class Shared {
  readonly options: MetagroupOptions;
  readonly self: MembershipId;
  readonly log: Log;
  readonly footing: Footing;
  /** How long answers take, of other members and of the name server. */
  readonly waits: { readonly ofMembers: Waits; readonly ofNameServer: Waits };

  now: Instant = 0;
  /** How far what had arrived has been read: who was silent is judged up to there. */
  #read: Read = { readUpTo: Number.NEGATIVE_INFINITY };
  status: 'joining' | 'member' | 'ended' = 'joining';
  joinVersion = 0;
  /** The newest accepted entry we know of; its view may not be delivered yet. */
  known: Entry | undefined;
  /** The view delivered last. */
  installed: Entry | undefined;
  delivered = 0;
  /** Up to here every member has everything, as far as we were told. */
  stable = 0;
  /** Odd while processes here have too much unread; grows with each change (wire, Acknowledgement). */
  pressure = 0;
  leaving = false;
  /** Without contact to the name server, under the policy `suspend`. */
  isolated = false;
  leaderRecovery: LeaderRecovery;
  /** Something happened that may ask for another list, a claim or a step of leaving. */
  checkWanted = false;

  /** Counter of the last delivered message per origin (exactly-once over changes of leader). */
  readonly counters = new Map<MembershipId, { joinVersion: number; counter: number }>();

  readonly #suspected: Set<DaemonId>;
  /** Daemons that shall not lead, since an operator drains them. */
  #drained: ReadonlySet<DaemonId>;
  /** Memberships that answered, or were superseded, as gone for ever. */
  readonly #gone = new Set<MembershipId>();
  /** Per node the newest membership that was in a list and is in none any more. */
  readonly #removed = new Map<NodeName, MembershipId>();
  /** Members that count as failed for a reason of this group alone: until then. */
  readonly #written = new Map<MembershipId, Instant>();
  readonly #addresses = new Map<MembershipId, string>();
  #outputs: MetagroupOutput[] = [];

  constructor(options: MetagroupOptions) {
    this.options = options;
    this.self = options.membership;
    this.leaderRecovery = options.leaderRecovery;
    this.footing = new Footing(this.self);
    this.waits = { ofMembers: this.#waitsOf('members'), ofNameServer: this.#waitsOf('nameServer') };
    this.log = new Log(options.maxUnstableMessages + 1024);
    this.#suspected = new Set(options.suspected);
    this.#drained = new Set(options.drained);
  }

  #waitsOf(whom: Answering): Waits {
    const { retryMs, surroundings } = this.options;
    return {
      waitMs: () => Math.max(retryMs, surroundings?.answersTakeMs(whom) ?? 0),
      answered: (tookMs) => surroundings?.answered(whom, tookMs),
    };
  }

  emit(output: MetagroupOutput): void {
    this.#outputs.push(output);
  }

  takeOutputs(): readonly MetagroupOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  send(to: MembershipId, message: GroupMessage): void {
    const address = this.#addresses.get(to);
    if (address === undefined) return;
    this.#outputs.push({ kind: 'send', to, address, message });
  }

  /** The same where the address is at hand. */
  sendTo(member: Member, message: GroupMessage): void {
    this.#outputs.push({ kind: 'send', to: member.id, address: member.address, message });
  }

  /** One message for all of these, who are full members. */
  sendAll(to: readonly Member[], message: Data | Sync): void {
    const [only] = to;
    if (to.length > 1) this.#outputs.push({ kind: 'sendAll', to, message });
    else if (only !== undefined) this.sendTo(only, message);
  }

  askNameServer(message: NameServerQuestion): void {
    this.emit({ kind: 'askNameServer', message });
  }

  observe(event: Observation): void {
    if (this.options.observe) this.emit({ kind: 'observed', event });
  }

  /** Marks a rare transition for the simulator's "sometimes" counters. */
  branch(name: Branch): void {
    if (this.options.observe) this.emit({ kind: 'observed', event: { kind: 'branch', name } });
  }

  end(reason: EndReason, why: string): void {
    if (this.status === 'ended') return;
    this.status = 'ended';
    if (reason === 'left') this.#sayGone();
    this.emit({ kind: 'ended', reason, why });
  }

  /** Those who still count us learn that we are not there any more, instead of waiting for us. */
  #sayGone(): void {
    const { known } = this;
    if (known === undefined || (this.joinVersion > 0 && !this.isIn(known))) return;
    for (const { id } of known.members) {
      if (id !== this.self) this.send(id, { kind: 'gone', membership: this.self });
    }
  }

  /** Notes whether processes here have too much unread; whether that is a change. */
  press(pressed: boolean): boolean {
    if (isPressed(this.pressure) === pressed) return false;
    this.pressure += 1;
    return true;
  }

  learnAddress(membership: MembershipId, address: string): void {
    if (this.#addresses.size >= REMEMBERED_MAX && !this.#addresses.has(membership)) {
      this.#addresses.clear();
      if (this.known !== undefined) this.learnAddresses(this.known);
    }
    this.#addresses.set(membership, address);
  }

  addressOf(membership: MembershipId): string | undefined {
    return this.#addresses.get(membership);
  }

  learnAddresses(entry: Entry): void {
    if (this.#addresses.size >= REMEMBERED_MAX) this.#addresses.clear();
    for (const member of entry.members) this.#addresses.set(member.id, member.address);
  }

  isSuspected(membership: MembershipId): boolean {
    if (membership === this.self) return false;
    if (this.#gone.has(membership) || this.#suspected.has(daemonOf(membership))) return true;
    const until = this.#written.get(membership);
    return until !== undefined && until > this.now;
  }

  suspect(daemon: DaemonId): void {
    this.#suspected.add(daemon);
  }

  trust(daemon: DaemonId): void {
    this.#suspected.delete(daemon);
  }

  drain(daemons: readonly DaemonId[]): void {
    this.#drained = new Set(daemons);
  }

  /** Whether the daemon of this membership shall not lead. */
  isDrained(membership: MembershipId): boolean {
    return this.#drained.size > 0 && this.#drained.has(daemonOf(membership));
  }

  markGone(membership: MembershipId): void {
    if (this.#gone.size >= REMEMBERED_MAX) this.#gone.clear();
    this.#gone.add(membership);
  }

  isGone(membership: MembershipId): boolean {
    return this.#gone.has(membership);
  }

  /** A newer list is without these: memberships are never used again. */
  markRemoved(before: Entry, after: Entry): void {
    const listed = new Set(after.members.map((member) => member.id));
    for (const { id } of before.members) {
      if (listed.has(id)) continue;
      if (this.#removed.size >= REMEMBERED_MAX) this.#removed.clear();
      if (!this.wasRemoved(id)) this.#removed.set(nodeOf(daemonOf(id)), id);
    }
  }

  /** Whether this membership, or a newer one of its node, has been in a list and is in none any more. */
  wasRemoved(membership: MembershipId): boolean {
    const newest = this.#removed.get(nodeOf(daemonOf(membership)));
    return newest !== undefined && compareMemberships(membership, newest) <= 0;
  }

  noteRead({ readUpTo, readOf }: Read): void {
    this.#read = { readUpTo: readUpTo ?? this.now, readOf };
  }

  /** Whether it is `at`, and nothing can be unread of this member that came before. */
  isPast(at: Instant, member: MembershipId): boolean {
    return heardUpTo(this.#read, daemonOf(member), this.now) >= at;
  }

  /** When to ask {@link isPast}: at that time, or again soon when it still had to be read then. */
  whenPast(at: Instant, member: MembershipId): Instant {
    if (at > this.now) return at;
    return this.isPast(at, member) ? NEVER : this.now + this.options.retryMs / 4;
  }

  /** Counts a member as failed until `until`, whatever its daemon's heartbeats say. */
  writeOff(membership: MembershipId, until: Instant): void {
    this.#written.set(membership, until);
  }

  /** Forgets what was written off of memberships that are listed no more. */
  retainWrittenOff(members: ReadonlySet<MembershipId>): void {
    for (const id of this.#written.keys()) if (!members.has(id)) this.#written.delete(id);
  }

  /** Whether this entry lists exactly this membership as it was added. */
  isIn(entry: Entry): boolean {
    return entry.members.some(
      (member) => member.id === this.self && member.joinVersion === this.joinVersion,
    );
  }
}

/** Addresses and memberships that are gone, remembered at most. */
const REMEMBERED_MAX = 4096;

/** See {@link DeadlineReached}. */
type Read = Pick<DeadlineReached, 'readUpTo' | 'readOf'>;
