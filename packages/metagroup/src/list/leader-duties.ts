import { daemonOf, type Instant, type MembershipId, NEVER, nodeOf } from '@group-services/core';
import type { Entry, FromNameServer, Member } from '@group-services/wire';
import type { Shared } from '../shared.js';
import type { Leading } from '../stream/leading.js';
import type { Progress } from '../stream/stability.js';
import type { Changes } from './changes.js';
import { nextList, sameList } from './next-list.js';
import { successorAmong } from './succession.js';
import { WaitingInserts } from './waiting-inserts.js';

/**
 * What a leader does to its processor group's list (`internal-layer.md` §§5–7): takes in those who
 * asked, lets go those who want to leave, removes who failed, is too slow, or twice told the name
 * server that it does not hear us, and gives up the lead where our daemon is being drained. All of it
 * goes through one `change` at a time; the next may follow as soon as the previous one is answered.
 */
export class LeaderDuties {
  readonly #shared: Shared;
  readonly #changes: Changes;
  readonly #leading: Leading;
  readonly #inserts: WaitingInserts;
  readonly #leavers = new Set<MembershipId>();
  /** Complainers that must acknowledge something until then. */
  readonly #checks = new Map<MembershipId, Instant>();
  /**
   * A lead that was taken over is not given on before: by then it is known who else is drained. Two that
   * did not know it of each other would hand it to and fro as fast as messages travel.
   */
  readonly #keptUntil: Instant;

  constructor(shared: Shared, changes: Changes, leading: Leading) {
    this.#shared = shared;
    this.#changes = changes;
    this.#leading = leading;
    this.#inserts = new WaitingInserts(shared);
    const isFormed = leading.entry.version === 1;
    this.#keptUntil = isFormed ? shared.now : shared.now + shared.options.complainAfterMs;
  }

  onInsert(from: MembershipId, address: string): void {
    const shared = this.#shared;
    shared.learnAddress(from, address);
    if (shared.isGone(from)) return;
    // Whoever follows us on our own node cannot be let in by us: the name server knows that we are over.
    if (nodeOf(daemonOf(from)) === nodeOf(daemonOf(shared.self))) return;
    if (this.#leading.entry.members.some((member) => member.id === from)) return;
    if (shared.wasRemoved(from)) {
      // A late question, or a joiner that was removed and does not know: it needs a new membership.
      shared.send(from, { kind: 'gone', membership: from });
      return;
    }
    this.#inserts.add(from, address);
  }

  onLeave(from: MembershipId): void {
    const { entry } = this.#leading;
    if (entry.members.some((member) => member.id === from)) this.#leavers.add(from);
    // It has been let go and has not heard of it.
    else this.#shared.send(from, { kind: 'handover', entry });
  }

  /** A complainer's second complaint starts the two-way check: it must acknowledge a SYNC in time. */
  onProbe(probe: Probe): void {
    const shared = this.#shared;
    const leads = probe.version <= this.#leading.entry.version;
    shared.askNameServer({
      kind: 'probed',
      id: probe.id,
      group: shared.options.group,
      generation: shared.footing.generation,
      version: this.#leading.entry.version,
      leads,
    });
    if (probe.complaints < 2 || !leads) return;
    if (this.#leading.stability.of(probe.complainer) === undefined) return;
    shared.branch('two-way-check');
    // Further complaints do not put it off: the fourth would end our own lead.
    if (!this.#checks.has(probe.complainer)) {
      this.#checks.set(probe.complainer, shared.now + shared.options.complainAfterMs);
    }
    this.#leading.sendSync(probe.complainer, true);
  }

  /** Any acknowledgement shows that a complainer hears us. */
  acknowledged(from: MembershipId): void {
    this.#checks.delete(from);
  }

  /** The newest accepted list: what it settles is forgotten. */
  changed(entry: Entry): void {
    const listed = new Set(entry.members.map((member) => member.id));
    this.#inserts.settle(entry);
    for (const id of this.#leavers) if (!listed.has(id)) this.#leavers.delete(id);
    for (const id of this.#checks.keys()) if (!listed.has(id)) this.#checks.delete(id);
  }

  /** Asks for the next list if it differs from the present one; called at the end of every step. */
  check(): void {
    const shared = this.#shared;
    this.#writeOffTheSlow();
    this.#inserts.forget();
    if (!this.#changes.isIdle || shared.leaving) return;
    const { entry } = this.#leading;
    const members = this.next();
    if (sameList(members, entry.members)) return this.#giveUpLead(members);
    shared.branch('change');
    this.#changes.ask({ entry, leader: shared.self, members, takeover: false });
  }

  /** Our daemon is being drained: somebody else leads, and we stay a member with all that we have. */
  #giveUpLead(members: readonly Member[]): void {
    const shared = this.#shared;
    if (!shared.isDrained(shared.self) || shared.now < this.#keptUntil) return;
    const successor = successorAmong(members, shared);
    if (successor === undefined || shared.isDrained(successor.id)) return;
    shared.branch('lead-given-up');
    const { entry } = this.#leading;
    this.#changes.ask({ entry, leader: successor.id, members, takeover: true });
  }

  /** The list as it should be now. */
  next(): Member[] {
    const shared = this.#shared;
    const entry = this.#leading.entry;
    return nextList({
      members: entry.members.map((member) => ({ ...member, full: this.#isFull(member) })),
      removed: (member) =>
        member.id !== shared.self &&
        (this.#leavers.has(member.id) || shared.isSuspected(member.id)),
      inserts: this.#inserts.present(),
      version: entry.version + 1,
    }).slice(0, MEMBERS_MAX);
  }

  #isFull(member: Member): boolean {
    return member.full || (this.#leading.stability.of(member.id)?.full ?? false);
  }

  /** A member without progress for too long counts as failed; so does one that fails its check. */
  #writeOffTheSlow(): void {
    const shared = this.#shared;
    const limit = shared.options.slowMemberTimeoutMs;
    for (const progress of this.#leading.stability.members()) {
      if (!this.#lags(progress) || !shared.isPast(progress.progressAt + limit, progress.member.id))
        continue;
      if (shared.isSuspected(progress.member.id)) continue;
      shared.branch('slow-member');
      shared.writeOff(progress.member.id, shared.now + limit);
    }
    for (const [id, until] of this.#checks) {
      if (!shared.isPast(until, id)) continue;
      this.#checks.delete(id);
      shared.branch('complainer-removed');
      shared.writeOff(id, shared.now + limit);
    }
  }

  /**
   * Whether it is up to this member to come on. A joiner has nothing to do before its VIEW is delivered
   * here: its snapshot is taken then, and who holds the VIEW up counts as slow itself.
   */
  #lags({ full, floor, contiguous }: Progress): boolean {
    if (full) return contiguous < this.#leading.last;
    return floor <= this.#shared.delivered;
  }

  deadline(): Instant {
    const shared = this.#shared;
    let earliest = this.#inserts.deadline();
    for (const [id, until] of this.#checks)
      earliest = Math.min(earliest, shared.whenPast(until, id));
    for (const progress of this.#leading.stability.members()) {
      if (!this.#lags(progress)) continue;
      const at = progress.progressAt + shared.options.slowMemberTimeoutMs;
      earliest = Math.min(earliest, shared.whenPast(at, progress.member.id));
    }
    if (shared.isDrained(shared.self) && this.#keptUntil > shared.now) {
      earliest = Math.min(earliest, this.#keptUntil);
    }
    const notBefore = this.#changes.notBefore;
    if (notBefore > shared.now && notBefore !== NEVER) earliest = Math.min(earliest, notBefore);
    return earliest;
  }
}

type Probe = Extract<FromNameServer, { readonly kind: 'probe' }>;

/** Members of a list at most. */
const MEMBERS_MAX = 1024;
