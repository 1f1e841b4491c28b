import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, GroupControl, Member } from '@group-services/wire';
import type { Shared } from '../shared.js';
import type { Leading } from '../stream/leading.js';
import type { Progress } from '../stream/stability.js';
import { Transfer } from './transfer.js';
import { WantedSnapshots } from './wanted-snapshots.js';

/**
 * The leader's side of joiners' state snapshots (`internal-layer.md` §5).
 *
 * Taken when the leader *delivers* the VIEW that added the joiner, so that nobody's base exceeds
 * anybody's contiguous prefix: the upper layer is asked for its state exactly then. The leader sends one
 * snapshot at a time. For each further joiner it asks another full member, the donor, which takes its
 * own at *its* delivery of the same VIEW. It is asked when the VIEW is placed, since later its state
 * has gone on. Joiners confirm to both; if one comes no further, the leader sends it itself, in a later
 * attempt, which the joiner prefers.
 */
export class Snapshots {
  readonly #shared: Shared;
  readonly #leading: Leading;
  readonly #transfers = new Map<MembershipId, Transfer>();
  readonly #donated = new Map<MembershipId, Donated>();
  /** For joiners whose view has been delivered. */
  readonly #wanted: WantedSnapshots<MembershipId>;

  constructor(shared: Shared, leading: Leading) {
    this.#shared = shared;
    this.#leading = leading;
    this.#wanted = new WantedSnapshots(shared);
  }

  /** A view has been placed and is not delivered yet: who sends what its joiners need? */
  viewPlaced(): void {
    const position = this.#leading.last;
    if (this.#shared.delivered >= position) return;
    const joiners = this.#joinersOf(position);
    if (joiners.length === 0) return;
    const donors = this.#donors();
    const ours = this.#transfers.size === 0 ? 1 : 0;
    for (const { member } of joiners.slice(ours)) {
      const donor = donors.shift();
      if (donor === undefined) return;
      this.#ask(donor, member.id, position);
    }
  }

  #joinersOf(position: number): readonly Progress[] {
    const members = this.#leading.stability.members();
    return members.filter(({ full, floor }) => !full && floor === position);
  }

  /** Full members that nothing speaks against and that send no snapshot already. */
  #donors(): Member[] {
    const busy = new Set([...this.#donated.values()].map(({ donor }) => donor));
    const full = this.#leading.stability.fullMembers();
    return full.filter(({ id }) => !busy.has(id) && !this.#shared.isSuspected(id));
  }

  #ask(donor: Member, joiner: MembershipId, position: number): void {
    const shared = this.#shared;
    const { entry, since } = this.#leading;
    const donated = { donor: donor.id, position, bytes: undefined, wanted: 0, takeBackAt: NEVER };
    this.#donated.set(joiner, donated);
    const attempt = BY_DONOR;
    const { version } = entry;
    shared.sendTo(donor, { kind: 'donate', version, since, position, joiner, attempt });
  }

  /** A view has been delivered: those that it added need a snapshot of this moment. */
  viewInstalled(entry: Entry, position: number): void {
    const to = this.#joinersOf(position).map(({ member }) => member.id);
    if (to.length > 0) this.#wanted.ask(entry, position, to);
  }

  /** The upper layer's answer; it comes before anything else is delivered to it. */
  taken(position: number, state: Uint8Array): void {
    const taken = this.#wanted.take(position, state);
    if (taken === undefined) return;
    const { bytes } = taken;
    for (const id of taken.forWhom) {
      const progress = this.#leading.stability.of(id);
      if (progress === undefined) continue;
      progress.progressAt = this.#shared.now;
      const donated = this.#donated.get(id);
      if (donated === undefined) {
        this.#begin(id, { bytes, position, attempt: 0 });
      } else {
        donated.bytes = bytes;
        donated.takeBackAt = this.#shared.now + this.#patience;
      }
    }
  }

  #begin(
    to: MembershipId,
    what: { readonly bytes: Uint8Array; readonly position: number; readonly attempt: number },
  ): void {
    this.#shared.branch('snapshot-sent');
    const stamp = () => ({
      version: this.#leading.entry.version,
      since: this.#leading.since,
      cut: this.#shared.footing.cut,
    });
    this.#transfers.set(to, new Transfer(this.#shared, { to, ...what, stamp }));
  }

  get #patience(): number {
    return DONOR_PATIENCE_RETRIES * this.#shared.options.retryMs;
  }

  onReceived(from: MembershipId, received: Received): void {
    const progress = this.#leading.stability.of(from);
    if (progress === undefined) return;
    const donated = this.#donated.get(from);
    if (donated !== undefined) {
      const { position, next, attempt } = received;
      if (attempt !== BY_DONOR || position !== donated.position || next <= donated.wanted) return;
      donated.wanted = next;
      donated.takeBackAt = this.#shared.now + this.#patience;
      progress.progressAt = this.#shared.now;
      return;
    }
    const outcome = this.#transfers.get(from)?.received(received) ?? 'nothing';
    if (outcome === 'nothing') return;
    progress.progressAt = this.#shared.now;
    if (outcome !== 'complete') return;
    // From now on it is asked to acknowledge like everybody.
    this.#transfers.delete(from);
    this.#leading.stability.makeFull(progress);
    this.#shared.checkWanted = true;
    this.#leading.sendSync(from, true);
  }

  /** Members that are listed no more need nothing. */
  retain(members: ReadonlySet<MembershipId>): void {
    for (const id of this.#transfers.keys()) if (!members.has(id)) this.#transfers.delete(id);
    for (const id of this.#donated.keys()) if (!members.has(id)) this.#donated.delete(id);
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const { retryAt } of this.#transfers.values()) earliest = Math.min(earliest, retryAt);
    for (const { takeBackAt } of this.#donated.values()) earliest = Math.min(earliest, takeBackAt);
    return earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    for (const [id, transfer] of this.#transfers) {
      if (transfer.retryAt > now) continue;
      if (this.#isJoining(id)) transfer.again();
      else this.#transfers.delete(id);
    }
    for (const [id, { bytes, position, takeBackAt }] of this.#donated) {
      if (takeBackAt > now) continue;
      this.#donated.delete(id);
      if (bytes === undefined || !this.#isJoining(id)) continue;
      this.#shared.branch('snapshot-taken-back');
      this.#begin(id, { bytes, position, attempt: AFTER_DONOR });
    }
  }

  #isJoining(id: MembershipId): boolean {
    return this.#leading.stability.of(id)?.full === false;
  }
}

type Received = Extract<GroupControl, { readonly kind: 'snapshot-received' }>;

/** A donor whose joiner has made no progress for so many retry times is not waited for. */
const DONOR_PATIENCE_RETRIES = 4;
/** A donor sends in the first attempt that has a number, the leader after it in the second. */
const BY_DONOR = 1;
const AFTER_DONOR = 2;

/** A joiner whose snapshot another full member was asked to send. */
interface Donated {
  readonly donor: MembershipId;
  readonly position: number;
  /** Our own snapshot of the same position, once it has been taken. */
  bytes: Uint8Array | undefined;
  wanted: number;
  /** When we send it ourselves unless the joiner has come further. */
  takeBackAt: Instant;
}
