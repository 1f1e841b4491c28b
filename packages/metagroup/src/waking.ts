import type { Instant, MembershipId } from '@group-services/core';
import { Repetition } from './repetition.js';
import type { Shared } from './shared.js';

/**
 * A machine slept, a process was stopped: the daemon goes on where it was, and does not know that the
 * others have removed it meanwhile. What lies in its sockets is of no help, all of it was sent before.
 * So it hands out nothing until it has heard the name server, which tells it of its removals first, or
 * one of the group: it asks them, with a number that only an answer to *this* waking can have.
 *
 * A member needs the answer of a leader that lists it. A leader needs those of all others, as any of them
 * may have promised to follow somebody else; one that has nobody to ask waits for the name server, unless
 * that cannot be reached (`unanswered`): nobody else could have removed it.
 *
 * The timer repeats the question from waking to the first sufficient answer.
 */
export class Waking {
  readonly #shared: Shared;
  readonly #ports: WakingPorts;
  readonly #repetition: Repetition;
  #open = false;
  /** Number of the last question; those of earlier wakings are lower than `#first`. */
  #n = 0;
  #first = 1;
  readonly #knownBy = new Set<MembershipId>();

  constructor(shared: Shared, ports: WakingPorts) {
    this.#shared = shared;
    this.#ports = ports;
    this.#repetition = new Repetition(shared.waits.ofMembers);
  }

  /** It was away, and nobody has said since that it is still counted on. */
  get isOpen(): boolean {
    return this.#open;
  }

  begin(): void {
    this.#open = true;
    this.#anew();
  }

  /** The name server has answered what was asked since; that we are not listed any more was told before. */
  heard(): void {
    this.#end();
  }

  /** The name server cannot be reached; who has nobody else to ask goes on. */
  unanswered(): void {
    if (this.#ports.led() !== undefined && this.#others().length === 0) this.#end();
  }

  /** Whom we follow is another one now: what was answered before counts no more. */
  newLeader(): void {
    if (this.#open) this.#anew();
  }

  onMessage(from: MembershipId, { kind, n }: { kind: 'woken' | 'known'; n: number }): void {
    if (kind === 'known') this.#onKnown(from, n);
    else this.#onWoken(from, n);
  }

  /** Another one was away, and asks. */
  #onWoken(from: MembershipId, n: number): void {
    const shared = this.#shared;
    if (shared.status !== 'member') return;
    const led = this.#ports.led();
    // Who does not know whether it still leads vouches for nobody.
    const counts =
      led === undefined
        ? shared.footing.leader === from && shared.footing.frozen === 0
        : !this.#open && led.some(({ member }) => member.id === from);
    if (counts) shared.send(from, { kind: 'known', n });
  }

  #onKnown(from: MembershipId, n: number): void {
    if (!this.#open || n < this.#first || n > this.#n) return;
    this.#knownBy.add(from);
    if (this.#ports.takesOver()) return;
    const follows = this.#ports.led() === undefined;
    const isEnough = follows || this.#others().every((id) => this.#knownBy.has(id));
    if (isEnough) this.#end();
  }

  deadline(): Instant {
    return this.#repetition.at;
  }

  onDeadline(): void {
    if (this.#repetition.at > this.#shared.now) return;
    this.#ask();
    this.#repetition.again(this.#shared.now);
  }

  /** Whom to ask: a leader asks those that could lead by now, which joiners cannot. */
  #others(): MembershipId[] {
    const { known, self } = this.#shared;
    const led = this.#ports.led();
    const ids =
      led === undefined
        ? (known?.members ?? []).map(({ id }) => id)
        : led.filter(({ full }) => full).map(({ member }) => member.id);
    return ids.filter((id) => id !== self);
  }

  #anew(): void {
    this.#first = this.#n + 1;
    this.#knownBy.clear();
    this.#ask();
    this.#repetition.begin(this.#shared.now);
  }

  #ask(): void {
    if (this.#shared.status !== 'member') return;
    this.#n += 1;
    for (const other of this.#others()) this.#shared.send(other, { kind: 'woken', n: this.#n });
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#repetition.end(this.#shared.now);
    this.#ports.over();
  }
}

/** A member of the list that we lead. */
interface Led {
  readonly member: { readonly id: MembershipId };
  readonly full: boolean;
}

/** What this membership is in its group at the moment. */
export interface WakingPorts {
  /** Those in the list that we lead, and who is full; undefined: we do not, or have not taken over yet. */
  readonly led: () => readonly Led[] | undefined;
  /** We claim the lead, and do not know yet whether all others promise to follow. */
  readonly takesOver: () => boolean;
  /** Somebody counts on us still. */
  readonly over: () => void;
}
