/** How often each fault was injected and each branch reached: what never happens proves nothing. */
export class Counters {
  readonly #counts = new Map<string, number>();

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(other: Counters): void {
    for (const [name, count] of other.#counts) this.count(name, count);
  }

  /** Whoever runs seeds elsewhere sends their counts as plain pairs. */
  addAll(entries: Iterable<readonly [string, number]>): void {
    for (const [name, count] of entries) this.count(name, count);
  }

  /** By name. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}
