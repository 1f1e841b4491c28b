/** Which places cannot send to which: one-way cuts, each for as long as its fault lasts. */
export class Reachability {
  readonly #cuts = new Map<string, number>();

  /** Whether what `from` sends reaches `to` at present. */
  reaches(from: string, to: string): boolean {
    return this.#cuts.size === 0 || from === to || !this.#cuts.has(`${from}>${to}`);
  }

  reachesBothWays(a: string, b: string): boolean {
    return this.reaches(a, b) && this.reaches(b, a);
  }

  cut(from: string, to: string): void {
    const key = `${from}>${to}`;
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
  }

  /** Ends one cut; the way is free when all cuts of it have ended. */
  mend(from: string, to: string): void {
    const key = `${from}>${to}`;
    const left = (this.#cuts.get(key) ?? 0) - 1;
    if (left > 0) this.#cuts.set(key, left);
    else this.#cuts.delete(key);
  }

  mendAll(): void {
    this.#cuts.clear();
  }
}
