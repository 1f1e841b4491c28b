/**
 * What the loop of the program has, what it should have, and what it is letting go of.
 *
 * The loop has a key from the assignment that gives it until it asks for the one after that which takes
 * it. Wishes in between are gathered: the loop gets the newest.
 */
export class Holdings {
  #held: readonly string[] = [];
  #lettingGo: readonly string[] = [];
  #wanted: readonly string[] = [];
  #fence = '';
  #present = new AbortController();
  #ended = false;
  readonly #wake = new Set<() => void>();

  /** What the loop should have from now on. */
  want(keys: readonly string[], fence: string): void {
    this.#wanted = keys;
    this.#fence = fence;
    if (!this.#isAsWanted()) this.#present.abort(new Error('another assignment waits'));
    this.#wakeAll();
  }

  /** The loop may get what is wanted now, and nothing after that. */
  end(): void {
    this.#ended = true;
    this.#wakeAll();
  }

  /** The loop has let go of what it was told to, and asks for more; undefined: there will be no more. */
  async next(): Promise<Assignment | undefined> {
    this.#lettingGo = [];
    this.#wakeAll();
    // One that was broken off is given again, even if it came out as it was.
    while (this.#isAsWanted() && !this.#present.signal.aborted) {
      if (this.#ended) return undefined;
      await this.#change();
    }
    const before = new Set(this.#held);
    const now = new Set(this.#wanted);
    this.#present = new AbortController();
    this.#lettingGo = this.#held.filter((key) => !now.has(key));
    this.#held = this.#wanted;
    return {
      owned: this.#held,
      gained: this.#held.filter((key) => !before.has(key)),
      lost: this.#lettingGo,
      fence: this.#fence,
      signal: this.#present.signal,
    };
  }

  /** Resolves when the loop has none but these keys, and also when the signal aborts. */
  async only(keys: readonly string[], signal: AbortSignal): Promise<void> {
    const allowed = new Set(keys);
    const isFree = (): boolean =>
      this.#lettingGo.every((key) => allowed.has(key)) &&
      this.#held.every((key) => allowed.has(key));
    const wake = (): void => this.#wakeAll();
    signal.addEventListener('abort', wake, { once: true });
    while (!isFree() && !signal.aborted) await this.#change();
    signal.removeEventListener('abort', wake);
  }

  /** Also if only their order differs there is nothing to tell. */
  #isAsWanted(): boolean {
    const wanted = new Set(this.#wanted);
    return this.#held.length === wanted.size && this.#held.every((key) => wanted.has(key));
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.add(resolve));
  }

  #wakeAll(): void {
    const waiting = [...this.#wake];
    this.#wake.clear();
    for (const wake of waiting) wake();
  }
}

/** The keys of one process at a time. */
export interface Assignment {
  /** Everything that this process owns now. */
  readonly owned: readonly string[];
  /** What is new among it. */
  readonly gained: readonly string[];
  /**
   * What it owns no more, and is to let go of now: asking the loop for the next assignment says that it
   * has, and only then another process can get it.
   */
  readonly lost: readonly string[];
  /** The fencing token of this assignment: as a string greater than that of every earlier owner. */
  readonly fence: string;
  /** Aborts when another assignment waits, or everything is lost with the membership. */
  readonly signal: AbortSignal;
}
