import { type Instant, NEVER } from '@group-services/core';
import type { Acknowledgement } from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * A member's messages on their way into the ordered stream (`internal-layer.md` §3): kept until
 * they are contiguous in its own log — not merely seen, since a takeover may cut away what lies beyond
 * a gap — and submitted again to every new leader. Per-origin counters make that exactly-once.
 */
export class Submissions {
  readonly #shared: Shared;
  readonly #ports: SubmissionPorts;
  #waiting: Submission[] = [];
  #counter = 0;
  /** The counter up to which they were sent to the present leader. */
  #sentTo = 0;
  #retryAt: Instant = NEVER;

  constructor(shared: Shared, ports: SubmissionPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Takes a message unless too many wait already. */
  submit(body: Uint8Array, safe: boolean): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#shared.emit({ kind: 'submitRefused', body, safe });
      return;
    }
    this.#counter += 1;
    this.#waiting.push({ counter: this.#counter, safe, body });
    this.#shared.observe({ kind: 'submitted', counter: this.#counter });
    this.#send();
  }

  /** Everything up to this counter is contiguous in our log. */
  contiguous(counter: number): void {
    let done = 0;
    while (done < this.#waiting.length && (this.#waiting[done] as Submission).counter <= counter) {
      done += 1;
    }
    if (done === 0) return;
    this.#waiting.splice(0, done);
    this.#retryAt =
      this.#waiting.length === 0 ? NEVER : this.#shared.now + this.#shared.options.retryMs;
    this.#send();
  }

  /** Another leader: all of them go again. */
  newTerm(): void {
    this.#sentTo = 0;
    this.#send();
  }

  /** Back from isolation: what was sent before may have been lost, what came since was not sent. */
  resume(): void {
    this.#sentTo = 0;
    this.#send();
  }

  deadline(): Instant {
    return this.#shared.status === 'member' ? this.#retryAt : NEVER;
  }

  onDeadline(): void {
    if (this.#retryAt > this.#shared.now) return;
    this.#retryAt = NEVER;
    this.#sentTo = 0;
    this.#send();
  }

  #send(): void {
    const shared = this.#shared;
    if (
      shared.status !== 'member' ||
      shared.footing.frozen !== 0 ||
      shared.footing.leader === undefined
    )
      return;
    if (this.#waiting.length === 0 || shared.isolated) return;
    if (this.#retryAt === NEVER) this.#retryAt = shared.now + shared.options.retryMs;
    if (shared.footing.leader === shared.self) {
      this.#placeAll();
      return;
    }
    for (const submission of this.#waiting.slice(0, WINDOW)) {
      if (submission.counter <= this.#sentTo) continue;
      this.#sentTo = submission.counter;
      shared.send(shared.footing.leader, { kind: 'submit', ...this.#ports.ride(), ...submission });
    }
  }

  #placeAll(): void {
    // In our own log, what is placed is contiguous at once.
    let done = 0;
    for (const submission of this.#waiting) {
      if (this.#ports.place(submission) === 'wait') break;
      done += 1;
    }
    this.#waiting.splice(0, done);
    if (this.#waiting.length === 0) this.#retryAt = NEVER;
  }
}

/** A message that this member submitted and that is not contiguous in its log yet. */
interface Submission {
  readonly counter: number;
  readonly safe: boolean;
  readonly body: Uint8Array;
}

/** What the two roads to the leader are. */
export interface SubmissionPorts {
  readonly ride: () => Acknowledgement;
  /** Places it when we lead ourselves; `known` when a former leader has placed it already. */
  readonly place: (submission: Submission) => 'placed' | 'known' | 'wait';
}

/** How many submissions are under way at a time, and how many may wait in all. */
const WINDOW = 64;
const WAITING_MAX = 4096;
