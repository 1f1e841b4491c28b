import type { MembershipId } from '@group-services/core';
import { decodeOrdered, decodeProposal } from '@group-services/wire';

/** Where in the course of a run something happened; each has a number of its own. */
type Moment = number;

/** A multicast: when, and by which leader. A leader has one membership, which is its term. */
export interface Placed {
  readonly moment: Moment;
  readonly time: number;
  readonly leader: MembershipId;
}

/** A request of a daemon, as its leader knows it. */
export interface SentRequest {
  readonly origin: MembershipId;
  readonly n: number;
}

/** A leader is told that a provider's process is gone. */
interface Down {
  readonly provider: string;
  readonly no: number;
  readonly moment: Moment;
  readonly leader: MembershipId;
}

/** What the internal layer did in a run, and in which order: the checks compare it with what was said. */
export class Chronicle {
  readonly #placed = new Map<string, Placed>();
  readonly #received = new Map<string, Moment>();
  readonly #led = new Map<MembershipId, number>();
  readonly #downs: Down[] = [];
  /** Requests that their daemon has taken back, by the leader that was told. */
  readonly #withdrawn = new Set<string>();
  #moment = 0;

  /** A moment later than all before. */
  next(): Moment {
    this.#moment += 1;
    return this.#moment;
  }

  leads(leader: MembershipId | undefined, time: number): void {
    if (leader !== undefined) this.#led.set(leader, time);
  }

  /** Since when this one led; it is asked about leaders only. */
  ledSince(leader: MembershipId): number {
    return this.#led.get(leader) ?? 0;
  }

  /** Positions of multicasts that were lost with their leader are used again. */
  place(
    at: { readonly generation: number; readonly position: number },
    { leader, time }: Omit<Placed, 'moment'>,
  ): void {
    const moment = this.next();
    this.#placed.set(`${at.generation}.${at.position}`, { moment, time, leader });
  }

  /** `id`: generation and position, which is what a protocol is called by the position of its START. */
  placed(id: string): Placed | undefined {
    return this.#placed.get(id);
  }

  receive(leader: MembershipId | undefined, { origin, n }: SentRequest, body: Uint8Array): void {
    if (leader === undefined) return;
    const moment = this.next();
    this.#received.set(`${leader} ${origin} ${n}`, moment);
    const decoded = decodeProposal(body);
    if (!decoded.ok) return;
    if (decoded.value.kind === 'withdraw') {
      this.#withdrawn.add(`${leader} ${origin} ${decoded.value.target}`);
    }
    if (decoded.value.kind !== 'down') return;
    for (const { provider, no } of decoded.value.departures) {
      this.#downs.push({ provider, no, moment, leader });
    }
  }

  /** Requests that a leader starts although it was told before that they are taken back. */
  startedWithdrawn(leader: MembershipId, body: Uint8Array): readonly string[] {
    const decoded = decodeOrdered(body);
    if (!decoded.ok || decoded.value.kind !== 'start') return [];
    const started = decoded.value.requests.map(({ origin, n }) => `${leader} ${origin} ${n}`);
    const withdrawn = started.filter((request) => this.#withdrawn.has(request));
    return withdrawn.map((request) => `${request} was withdrawn and run`);
  }

  /** When this leader received the request; undefined: never. */
  received(leader: MembershipId, { origin, n }: SentRequest): Moment | undefined {
    return this.#received.get(`${leader} ${origin} ${n}`);
  }

  /** When a leader that multicast something already knew that this provider's process was gone. */
  knewDown(isMeant: (down: Down) => boolean, { leader, moment }: Placed): Moment | undefined {
    return this.#downs.findLast(
      (down) => isMeant(down) && down.leader === leader && down.moment < moment,
    )?.moment;
  }
}
