import type { Instant } from '@group-services/core';
import type { Link } from '@group-services/transport';

/** Inputs of one round, all links together; each link may contribute its even share of them. */
const ROUND_INPUTS = 1_024;
/** No share is smaller, however many links there are. */
const SHARE_LEAST = 16;
/** A new round begins when so few inputs wait for the engine. */
const NEXT_ROUND_BELOW = 256;
/** A round ends early, and none begins, while inputs have to wait longer than this. */
const DELAY_MAX_MS = 50;

/** How far the engine is behind; a `Driver` knows. */
export interface Behind {
  /** Inputs that wait for the engine. */
  readonly backlog: number;
  /** How long the oldest of them has been waiting. */
  readonly delayMs: number;
}

/** One link's side of the intake. */
export interface Source {
  /** Whether the link is not read at present. */
  readonly isPaused: boolean;
  /** To be called for every input that came by this link. */
  queued(): void;
  /** The link has closed. */
  remove(): void;
}

/**
 * Back-pressure from the engine to the sockets, fair among them.
 *
 * In each round a link is read until it has contributed its share, then not until the engine has
 * caught up. A busy link therefore cannot keep the heartbeats that come by others waiting, and what is
 * not read fills the peer's own buffers and slows it down. An input may be a message or a join, a
 * hundred times as expensive: so a round is bounded by the time that inputs wait as well.
 */
export class Intake {
  readonly #behind: () => Behind | undefined;
  readonly #clock: () => Instant;
  /** Since when. */
  readonly #paused = new Map<Link, Instant>();
  #links = 0;
  #round = 0;

  constructor(behind: () => Behind | undefined, clock = (): Instant => performance.now()) {
    this.#behind = behind;
    this.#clock = clock;
  }

  add(link: Link): Source {
    this.#links += 1;
    let round = this.#round;
    let count = 0;
    const paused = this.#paused;
    return {
      get isPaused() {
        return paused.has(link);
      },
      queued: () => {
        if (round !== this.#round) {
          round = this.#round;
          count = 0;
        }
        count += 1;
        if (count < SHARE_LEAST) return;
        const tooLong = (this.#behind()?.delayMs ?? 0) > DELAY_MAX_MS;
        if (count < this.#share() && !tooLong) return;
        if (!this.#paused.has(link)) this.#paused.set(link, this.#clock());
        link.pause();
      },
      remove: () => {
        this.#links -= 1;
        this.#paused.delete(link);
      },
    };
  }

  /** For how many milliseconds some link has not been read; 0: all are. */
  unreadMs(): number {
    const [since] = this.#paused.values();
    return since === undefined ? 0 : this.#clock() - since;
  }

  /** To be called when the engine's turn has ended. */
  turnEnded(): void {
    const behind = this.#behind();
    if (behind !== undefined) {
      if (behind.backlog > NEXT_ROUND_BELOW || behind.delayMs > DELAY_MAX_MS) return;
    }
    this.#round += 1;
    if (this.#paused.size === 0) return;
    const links = [...this.#paused.keys()];
    this.#paused.clear();
    for (const link of links) link.resume();
  }

  #share(): number {
    return Math.max(SHARE_LEAST, Math.floor(ROUND_INPUTS / this.#links));
  }
}
