import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, GroupControl } from '@group-services/wire';
import type { Shared } from '../shared.js';
import { Transfer } from './transfer.js';
import { WantedSnapshots } from './wanted-snapshots.js';

/**
 * A full member that sends a joiner its snapshot because the leader asked it to
 * (`internal-layer.md` §5).
 *
 * The rules are the leader's: the state is that of the delivery of the VIEW which added the joiner, and
 * goes out on the leader's footing, so that a joiner which has promised a newer version refuses it. What
 * was asked for ends with that leadership, with a takeover that freezes us, and with a list that has
 * the joiner full or not at all. A question that comes after the VIEW was delivered is too late, and the
 * leader helps itself. The retry timer runs while something is being sent.
 */
export class Donating {
  readonly #shared: Shared;
  #asked: Donate[] = [];
  readonly #wanted: WantedSnapshots<Donate>;
  readonly #donations = new Map<MembershipId, Donation>();

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#wanted = new WantedSnapshots(shared);
  }

  onDonate(from: MembershipId, asked: Donate): void {
    const shared = this.#shared;
    this.#asked = this.#asked.filter((each) => this.#isCurrent(each));
    if (shared.status !== 'member' || from !== shared.footing.leader || !this.#isCurrent(asked))
      return;
    if (asked.position <= shared.delivered || this.#asked.length >= DONATIONS_MAX) return;
    const again = ({ joiner }: Donate): boolean => joiner === asked.joiner;
    if (!this.#asked.some(again)) this.#asked.push(asked);
  }

  /** A view has been delivered here, by a member that does not lead. */
  viewInstalled(entry: Entry, position: number): void {
    if (this.#asked.length === 0) return;
    const now = this.#asked.filter((asked) => asked.position === position && this.#isMeant(asked));
    this.#asked = this.#asked.filter((asked) => asked.position > position);
    if (now.length > 0) this.#wanted.ask(entry, position, now);
  }

  /** The upper layer's answer; it comes before anything else is delivered to it. */
  taken(position: number, state: Uint8Array): void {
    const taken = this.#wanted.take(position, state);
    if (taken === undefined) return;
    const shared = this.#shared;
    const { bytes } = taken;
    for (const asked of taken.forWhom) {
      const { joiner: to, version, since, attempt } = asked;
      const stamp = () => ({ version, since, cut: shared.footing.cut });
      shared.branch('snapshot-by-member');
      const transfer = new Transfer(shared, { to, bytes, position, attempt, stamp });
      this.#donations.set(to, { asked, transfer, progressAt: shared.now });
    }
  }

  onReceived(from: MembershipId, received: Received): void {
    const donation = this.#donations.get(from);
    if (donation === undefined) return;
    const outdone = (received.attempt ?? 0) > donation.asked.attempt;
    if (outdone || !this.#isMeant(donation.asked)) {
      this.#donations.delete(from);
      return;
    }
    const outcome = donation.transfer.received(received);
    if (outcome === 'complete') this.#donations.delete(from);
    else if (outcome === 'progress') donation.progressAt = this.#shared.now;
  }

  /** Whether the leader that asked still leads us. */
  #isCurrent({ since }: Donate): boolean {
    return this.#shared.footing.frozen === 0 && this.#shared.footing.since === since;
  }

  /** Whether the joiner still waits for it, as far as we know. */
  #isMeant(asked: Donate): boolean {
    if (!this.#isCurrent(asked)) return false;
    const { known, installed } = this.#shared;
    const newer = (installed?.version ?? 0) > (known?.version ?? 0) ? installed : known;
    return newer?.members.some(({ id, full }) => id === asked.joiner && !full) === true;
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const { transfer } of this.#donations.values()) {
      earliest = Math.min(earliest, transfer.retryAt);
    }
    return earliest;
  }

  onDeadline(): void {
    const { now, options } = this.#shared;
    for (const [joiner, { asked, transfer, progressAt }] of this.#donations) {
      if (transfer.retryAt > now) continue;
      const tooLong = now >= progressAt + options.slowMemberTimeoutMs;
      if (tooLong || !this.#isMeant(asked)) this.#donations.delete(joiner);
      else transfer.again();
    }
  }
}

type Donate = Extract<GroupControl, { readonly kind: 'donate' }>;
type Received = Extract<GroupControl, { readonly kind: 'snapshot-received' }>;

/** What a leader may ask for at a time: it asks each donor for one. */
const DONATIONS_MAX = 16;

/** A snapshot that we are sending. */
interface Donation {
  readonly asked: Donate;
  readonly transfer: Transfer;
  progressAt: Instant;
}
