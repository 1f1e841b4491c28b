import { type Instant, NEVER, Queue } from '@group-services/core';

/**
 * In how many groups at once a daemon begins something that others have to answer. The rest waits, oldest
 * first: thousands of joins or takeovers at the same moment would make every answer late, the later ones
 * be asked for again, and nothing come to its end.
 *
 * There are always many under way, so that nobody stands idle while each waits for its turn at the others,
 * and never so many that all of them are late. A group that is held up by something else gives its place away
 * after `patienceMs`, and goes on as well.
 */
export class Pace<T extends Paced> {
  readonly #atOnceMax: number;
  readonly #patienceMs: number;
  /** Since when, in that order. */
  readonly #busy = new Map<T, Instant>();
  readonly #waiting = new Queue<WaitingGroup<T>>();

  constructor(options: { readonly atOnceMax: number; readonly patienceMs: number }) {
    this.#atOnceMax = options.atOnceMax;
    this.#patienceMs = options.patienceMs;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Begins at once if there is room and nobody has been waiting for longer. */
  begin(who: T, begin: () => void, now: Instant): void {
    this.#waiting.push({ who, begin });
    if (this.waitingCount === 1 && this.#hasRoom(now)) this.#beginNext(now);
  }

  /** To be called when something has happened to it. */
  look(who: T): void {
    if (!who.isUnsettled) this.#busy.delete(who);
  }

  deadline(now: Instant): Instant {
    if (this.waitingCount === 0) return NEVER;
    if (this.#busy.size < this.#atOnceMax) return now;
    const [since] = this.#busy.values();
    return Math.max(now, (since ?? now) + this.#patienceMs);
  }

  onDeadline(now: Instant): void {
    for (let count = 0; count < BEGUN_AT_ONCE && this.waitingCount > 0; count += 1) {
      if (!this.#hasRoom(now)) return;
      this.#beginNext(now);
    }
  }

  #hasRoom(now: Instant): boolean {
    if (this.#busy.size < this.#atOnceMax) return true;
    for (const [who, since] of this.#busy) {
      if (now < since + this.#patienceMs) return false;
      this.#busy.delete(who);
      return true;
    }
    return true;
  }

  #beginNext(now: Instant): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { who, begin } = next;
    this.#busy.delete(who);
    this.#busy.set(who, now);
    begin();
    this.look(who);
  }
}

/** What waits is begun in pieces of so many, so that no step takes long. */
const BEGUN_AT_ONCE = 16;
/** What is paced: the sessions of a daemon. */
export interface Paced {
  /** Questions of it are under way: it joins, asks for another list, or takes a group over. */
  readonly isUnsettled: boolean;
}

interface WaitingGroup<T> {
  readonly who: T;
  readonly begin: () => void;
}
