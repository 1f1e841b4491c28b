import type { Link } from '@group-services/transport';

/** Inputs waiting for the engine, above which sockets are not read, and below which they are again. */
const PAUSE_ABOVE = 1_024;
const RESUME_BELOW = 256;

/**
 * Back-pressure from the engine to the sockets: while too many inputs wait for their turn, no link is
 * read, so that the peers' own buffers fill and they slow down.
 */
export class Intake {
  readonly #backlog: () => number;
  readonly #links = new Set<Link>();
  #paused = false;

  constructor(backlog: () => number) {
    this.#backlog = backlog;
  }

  add(link: Link): void {
    this.#links.add(link);
    if (this.#paused) link.pause();
  }

  remove(link: Link): void {
    this.#links.delete(link);
  }

  /** To be called after something was queued. */
  queued(): void {
    if (this.#paused || this.#backlog() < PAUSE_ABOVE) return;
    this.#paused = true;
    for (const link of this.#links) link.pause();
  }

  /** To be called when the engine's turn has ended. */
  turnEnded(): void {
    if (!this.#paused || this.#backlog() > RESUME_BELOW) return;
    this.#paused = false;
    for (const link of this.#links) link.resume();
  }
}
