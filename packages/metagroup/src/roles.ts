import { type Instant, type MembershipId, NEVER, type PendingBody } from '@group-services/core';
import type {
  Acknowledgement,
  Entry,
  Fetched,
  FromNameServer,
  GroupControl,
  Nack,
  Submit,
} from '@group-services/wire';
import { Snapshots } from './joining/snapshots.js';
import type { Changes } from './list/changes.js';
import { LeaderDuties } from './list/leader-duties.js';
import type { Requests } from './requests/requests.js';
import type { Shared } from './shared.js';
import type { Delivery } from './stream/delivery.js';
import { Leading } from './stream/leading.js';
import type { Submissions } from './stream/submissions.js';
import { Takeover, type TakeoverResult } from './takeover/takeover.js';

/**
 * Which role this membership plays: plain member, claimant in a takeover, or active leader; and the
 * transitions between them.
 */
export class Roles {
  readonly #shared: Shared;
  readonly #ports: RolePorts;
  #role: Role = MEMBER;
  /** What was to be placed while isolated; the closed flow bounds it. */
  #held: { readonly body: Uint8Array; readonly safe: boolean }[] = [];

  constructor(shared: Shared, ports: RolePorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** What only an active leader has. */
  get active(): ActiveLeader | undefined {
    return this.#role.kind === 'leader' ? this.#role.parts : undefined;
  }

  /** The takeover that we ask the others for. */
  get claiming(): Takeover | undefined {
    return this.#role.kind === 'claimant' ? this.#role.takeover : undefined;
  }

  leads(): { version: number; since: number; active: boolean } | undefined {
    if (this.active !== undefined) {
      const { entry, since } = this.active.leading;
      return { version: entry.version, since, active: true };
    }
    if (this.claiming === undefined) return undefined;
    const { version } = this.claiming.entry;
    return { version, since: version, active: false };
  }

  /** The name server made us the first member: nobody has to be asked. */
  form(entry: Entry): void {
    const shared = this.#shared;
    shared.status = 'member';
    shared.joinVersion = 1;
    shared.footing.form();
    shared.branch('formed');
    shared.observe({ kind: 'based', position: 0 });
    shared.emit({
      kind: 'attached',
      generation: shared.footing.generation,
      position: 0,
      snapshot: null,
    });
    const active = this.#activate(entry, 0);
    shared.emit({ kind: 'leading', entry, pending: [] });
    active.leading.placeView();
    this.#startServing();
  }

  takeOver(entry: Entry): void {
    this.#stopLeading();
    const takeover = new Takeover(this.#shared, entry, (result) => this.#takenOver(result));
    this.#role = { kind: 'claimant', takeover };
    takeover.start();
  }

  #takenOver(result: TakeoverResult): void {
    const shared = this.#shared;
    const { entry, cut, answers, pressures } = result;
    const { leading, snapshots } = this.#activate(entry, cut);
    for (const member of entry.members) {
      if (member.id === shared.self) continue;
      const contiguous = answers.get(member.id) ?? null;
      const full = contiguous !== null;
      const pressure = pressures.get(member.id);
      leading.stability.add(member, full ? contiguous : cut + 1, {
        full,
        now: shared.now,
        pressure,
      });
    }
    shared.branch('taken-over');
    shared.emit({ kind: 'leading', entry, pending: this.#pending(cut) });
    for (const progress of leading.stability.members()) {
      if (progress.full && progress.contiguous < cut) {
        leading.resend(progress, progress.contiguous + 1, cut);
      }
    }
    leading.placeView();
    snapshots.viewPlaced();
    this.#startServing();
  }

  #activate(entry: Entry, cut: number): ActiveLeader {
    const shared = this.#shared;
    shared.known = entry;
    const leading = new Leading(shared, this.#ports.delivery, entry, cut);
    const duties = new LeaderDuties(shared, this.#ports.changes, leading);
    const snapshots = new Snapshots(shared, leading);
    const parts: ActiveLeader = { leading, duties, snapshots };
    this.#role = { kind: 'leader', parts };
    return parts;
  }

  #startServing(): void {
    if (this.active === undefined || this.#shared.status !== 'member') return;
    if (this.#shared.leaving) this.active.leading.quiesce();
    this.#ports.requests.lead();
    this.#ports.submissions.newTerm();
    this.#shared.checkWanted = true;
  }

  /** Placed by an earlier leader and not delivered here yet: the upper layer counts them as placed. */
  #pending(cut: number): PendingBody[] {
    const shared = this.#shared;
    const pending: PendingBody[] = [];
    for (let seq = shared.delivered + 1; seq <= cut; seq += 1) {
      const entry = shared.log.get(seq);
      if (entry !== undefined && !entry.view) pending.push({ position: seq, body: entry.body });
    }
    return pending;
  }

  /** A newer entry with us as leader, in the term that we lead already. */
  change(entry: Entry): void {
    const active = this.active;
    if (active === undefined) return;
    const listed = new Set(entry.members.map((member) => member.id));
    active.duties.changed(entry);
    active.snapshots.retain(listed);
    this.#ports.requests.retain(listed);
    active.leading.change(entry);
    active.snapshots.viewPlaced();
  }

  /** Somebody else leads a newer version; who it is will be heard from itself. */
  deposed(): void {
    this.#shared.footing.loseLeader();
    this.#shared.branch('deposed');
    this.stepDown();
  }

  /** Steps down without a word about the new leader. */
  stepDown(): void {
    this.#stopLeading();
    this.#role = MEMBER;
  }

  #stopLeading(): void {
    if (this.#role.kind !== 'leader') return;
    this.#role = MEMBER;
    this.#held = [];
    this.#ports.requests.newTerm();
    this.#shared.emit({ kind: 'following' });
  }

  contactLost(): void {
    this.active?.leading.hold();
  }

  /** Nobody can have made progress with us while we were deaf. */
  contactBack(): void {
    if (this.claiming !== undefined) this.claiming.progressAt = this.#shared.now;
    if (this.active === undefined) return;
    this.active.leading.release();
    const held = this.#held;
    this.#held = [];
    for (const { body, safe } of held) this.multicast(body, safe);
  }

  multicast(body: Uint8Array, safe: boolean): void {
    const shared = this.#shared;
    if (shared.isolated && this.active !== undefined) {
      // Decided before the upper layer saw that the flow is closed.
      this.#held.push({ body, safe });
      return;
    }
    const leading = this.active?.leading;
    leading?.place({
      seq: leading.next,
      origin: shared.self,
      originJoinVersion: shared.joinVersion,
      // Placed once, here and now: no duplicate will have to be recognised.
      counter: 0,
      safe,
      view: false,
      body,
    });
  }

  onInsert(from: MembershipId, address: string): void {
    if (this.#role.kind === 'leader') this.#role.parts.duties.onInsert(from, address);
    else if (this.#role.kind === 'member') this.#shared.send(from, { kind: 'not-leader' });
  }

  onLeave(from: MembershipId): void {
    this.active?.duties.onLeave(from);
  }

  onSubmit(from: MembershipId, submit: Submit): void {
    this.active?.leading.onSubmit(from, submit);
  }

  onNack(from: MembershipId, nack: Nack): void {
    this.active?.leading.onNack(from, nack);
  }

  snapshotTaken(position: number, bytes: Uint8Array): void {
    this.active?.snapshots.taken(position, bytes);
  }

  onSnapshotReceived(from: MembershipId, received: SnapshotReceived): void {
    this.active?.snapshots.onReceived(from, received);
  }

  /** Whether this membership is in the list that we lead. */
  lists(member: MembershipId): boolean {
    return this.active?.leading.stability.of(member) !== undefined;
  }

  onAck(from: MembershipId, ack: Acknowledgement): void {
    const { active } = this;
    if (active === undefined) return this.#ports.membersAck(from, ack);
    active.leading.onAck(from, ack);
    active.duties.acknowledged(from);
  }

  /** Takes in what rides on a request; false when its sender is not in the list that we lead. */
  onRequestAck(from: MembershipId, ack: Acknowledgement): boolean {
    const leading = this.active?.leading;
    if (leading?.lists(from, ack.joinVersion) !== true) return false;
    leading.onAck(from, ack);
    return true;
  }

  onState(from: MembershipId, { version, contiguous, pressure }: State): void {
    this.claiming?.onState(from, version, contiguous, pressure);
  }

  onFetched(from: MembershipId, fetched: Fetched): void {
    this.claiming?.onFetched(from, fetched);
  }

  onProbe(probe: Probe): void {
    const shared = this.#shared;
    if (shared.status === 'ended') return;
    if (this.active !== undefined) {
      this.active.duties.onProbe(probe);
      return;
    }
    shared.askNameServer({
      kind: 'probed',
      id: probe.id,
      group: shared.options.group,
      generation: shared.footing.generation,
      version: shared.footing.promised,
      leads: this.claiming !== undefined,
    });
  }

  /** Asks for another list when the present one should change. */
  check(): void {
    const shared = this.#shared;
    this.active?.duties.check();
    const claiming = this.claiming;
    if (claiming === undefined || !this.#ports.changes.isIdle) return;
    const missing = claiming.missing(this.#patience());
    if (missing.length === 0) return;
    const gone = new Set(missing.map((member) => member.id));
    shared.branch('retakeover');
    this.#ports.changes.ask({
      entry: claiming.entry,
      leader: shared.self,
      members: claiming.entry.members.filter((member) => !gone.has(member.id)),
      takeover: true,
    });
  }

  /**
   * How long a member may hold up a takeover whose daemon lives. With thousands of groups to be taken over
   * at once it may have much to do; who is dead is suspected long before.
   */
  #patience(): number {
    const { complainAfterMs, slowMemberTimeoutMs } = this.#shared.options;
    return Math.max(2 * complainAfterMs, slowMemberTimeoutMs);
  }

  deadline(): Instant {
    const shared = this.#shared;
    if (this.claiming !== undefined) {
      const late = this.claiming.lateAt(this.#patience());
      const notBefore = this.#ports.changes.notBefore;
      let earliest = this.claiming.deadline();
      earliest = Math.min(earliest, late);
      if (notBefore > shared.now) earliest = Math.min(earliest, notBefore);
      return earliest;
    }
    if (this.active === undefined) return NEVER;
    const { leading, duties, snapshots } = this.active;
    return Math.min(leading.deadline(), duties.deadline(), snapshots.deadline());
  }

  onDeadline(): void {
    this.claiming?.onDeadline();
    this.active?.leading.onDeadline();
    this.active?.snapshots.onDeadline();
  }
}

/** An active leader's parts; they come and go together. */
export interface ActiveLeader {
  readonly leading: Leading;
  readonly duties: LeaderDuties;
  readonly snapshots: Snapshots;
}

/** The neighbours that change with the role. */
export interface RolePorts {
  readonly delivery: Delivery;
  readonly changes: Changes;
  readonly requests: Requests;
  readonly submissions: Submissions;
  /** Acknowledged to us as to another member: we do not lead. */
  readonly membersAck: (from: MembershipId, ack: Acknowledgement) => void;
}

/** The three roles; a claimant has stopped leading, and who leads claims no more. */
type Role =
  | { readonly kind: 'member' }
  | { readonly kind: 'claimant'; readonly takeover: Takeover }
  | { readonly kind: 'leader'; readonly parts: ActiveLeader };

const MEMBER: Role = { kind: 'member' };

type State = Extract<GroupControl, { readonly kind: 'state' }>;
type SnapshotReceived = Extract<GroupControl, { readonly kind: 'snapshot-received' }>;
type Probe = Extract<FromNameServer, { readonly kind: 'probe' }>;
