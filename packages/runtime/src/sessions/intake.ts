import type { Link } from '@group-services/transport';

/** Inputs of one round, all links together; each link may contribute its even share of them. */
const ROUND_INPUTS = 1_024;
/** No share is smaller, however many links there are. */
const SHARE_LEAST = 16;
/** A new round begins when so few inputs wait for the engine. */
const NEXT_ROUND_BELOW = 256;

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
 * not read fills the peer's own buffers and slows it down.
 */
export class Intake {
  readonly #backlog: () => number;
  readonly #paused = new Set<Link>();
  #links = 0;
  #round = 0;

  constructor(backlog: () => number) {
    this.#backlog = backlog;
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
        if (count < this.#share()) return;
        this.#paused.add(link);
        link.pause();
      },
      remove: () => {
        this.#links -= 1;
        this.#paused.delete(link);
      },
    };
  }

  /** To be called when the engine's turn has ended. */
  turnEnded(): void {
    if (this.#backlog() > NEXT_ROUND_BELOW) return;
    this.#round += 1;
    if (this.#paused.size === 0) return;
    const links = [...this.#paused];
    this.#paused.clear();
    for (const link of links) link.resume();
  }

  #share(): number {
    return Math.max(SHARE_LEAST, Math.floor(ROUND_INPUTS / this.#links));
  }
}
