import type { Link } from '@group-services/transport';

/** More than any domain needs at one moment. */
const HALF_OPEN_MAX = 1024;

/**
 * Links that have not said HELLO. There is room for so many; who came first has had the most time, and goes
 * when there are more. So nobody keeps others out by connecting and saying nothing.
 */
export class HalfOpenLinks {
  readonly #links = new Set<Link>();
  readonly #max: () => number;

  /** `max`: fewer than usual, where there is no room for so many. */
  constructor(max = (): number => HALF_OPEN_MAX) {
    this.#max = max;
  }

  get size(): number {
    return this.#links.size;
  }

  add(link: Link): void {
    this.#links.add(link);
    if (this.#links.size <= Math.min(this.#max(), HALF_OPEN_MAX)) return;
    const [oldest] = this.#links;
    if (oldest === undefined) return;
    this.#links.delete(oldest);
    oldest.abort();
  }

  delete(link: Link): void {
    this.#links.delete(link);
  }
}
