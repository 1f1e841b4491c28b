/** What somebody said of a matter, and who it was. */
export interface Word {
  readonly text: string;
  readonly by: string;
}

/**
 * Matters of which everybody who sees them must see the same: what stands at a place of the order, who
 * is in a list, how a protocol ended. Whoever speaks of a matter first fixes it for all others.
 */
export class Agreed {
  readonly #first = new Map<string, Word>();

  /** The first word on this matter where it is another one; undefined: all agree so far. */
  differing(matter: string, text: string, by: string): Word | undefined {
    const first = this.#first.get(matter);
    if (first === undefined) this.#first.set(matter, { text, by });
    return first === undefined || first.text === text ? undefined : first;
  }
}
