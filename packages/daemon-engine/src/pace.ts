import { type Instant, NEVER } from '@group-services/core';

/** What waits is begun in pieces of so many, so that no step takes long. */
const BEGUN_AT_ONCE = 16;
/** So many at once to begin with, and never fewer when it goes slowly. */
const WINDOW_FIRST = 16;
const WINDOW_LEAST = 4;
/** What remains of the window when answers take longer than they should. */
const SHRINK = 0.7;

/** What is paced: the sessions of a daemon. */
export interface Paced {
  /** Questions of it are under way: it joins, asks for another list, or takes a group over. */
  readonly isUnsettled: boolean;
}

interface Waiting<T> {
  readonly who: T;
  readonly begin: () => void;
}

/**
 * In how many groups at once a daemon begins something that others have to answer. The rest waits, oldest
 * first: thousands of joins or takeovers at the same moment would make every answer late, the later ones
 * be asked for again, and nothing come to its end.
 *
 * How many at once is found by trying: one more for each that is settled within `quickMs`, the time after
 * which questions are asked again; fewer when it takes longer, since more at once would then only be asked
 * more often. A group that is held up by something else gives its place away after `patienceMs`, and goes
 * on as well.
 */
export class Pace<T extends Paced> {
  readonly #atOnceMax: number;
  readonly #quickMs: number;
  readonly #patienceMs: number;
  #window: number;
  /** Not again before what was begun with the larger window is settled. */
  #shrunkAt: Instant = Number.NEGATIVE_INFINITY;
  /** Since when, in that order. */
  readonly #busy = new Map<T, Instant>();
  #waiting: Waiting<T>[] = [];
  #head = 0;

  constructor(options: {
    readonly atOnceMax: number;
    readonly quickMs: number;
    readonly patienceMs: number;
  }) {
    this.#atOnceMax = options.atOnceMax;
    this.#quickMs = options.quickMs;
    this.#patienceMs = options.patienceMs;
    this.#window = Math.min(WINDOW_FIRST, options.atOnceMax);
  }

  /** In how many groups at once something may be begun at present. */
  get window(): number {
    return Math.floor(this.#window);
  }

  get waitingCount(): number {
    return this.#waiting.length - this.#head;
  }

  /** Begins at once if there is room and nobody has been waiting for longer. */
  begin(who: T, begin: () => void, now: Instant): void {
    this.#waiting.push({ who, begin });
    if (this.waitingCount === 1 && this.#hasRoom(now)) this.#beginNext(now);
  }

  /** To be called when something has happened to it. */
  look(who: T, now: Instant): void {
    const since = this.#busy.get(who);
    if (since === undefined || who.isUnsettled) return;
    this.#busy.delete(who);
    if (now - since > this.#quickMs) this.#shrink(since, now);
    else this.#window = Math.min(this.#window + 1, this.#atOnceMax);
  }

  #shrink(since: Instant, now: Instant): void {
    if (since < this.#shrunkAt) return;
    this.#shrunkAt = now;
    this.#window = Math.max(this.#window * SHRINK, Math.min(WINDOW_LEAST, this.#atOnceMax));
  }

  deadline(now: Instant): Instant {
    if (this.waitingCount === 0) return NEVER;
    if (this.#busy.size < this.window) return now;
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
    if (this.#busy.size < this.window) return true;
    for (const [who, since] of this.#busy) {
      if (now < since + this.#patienceMs) return false;
      this.#busy.delete(who);
      return true;
    }
    return true;
  }

  #beginNext(now: Instant): void {
    const { who, begin } = this.#waiting[this.#head] as Waiting<T>;
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
    this.#busy.delete(who);
    this.#busy.set(who, now);
    begin();
    this.look(who, now);
  }
}
