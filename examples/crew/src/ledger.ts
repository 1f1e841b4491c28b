import type { Done } from './group.js';

/** What is known to be done, and what of the rest is ours. */
export class Ledger {
  readonly #hashes: (string | undefined)[];
  #done = 0;

  constructor(files: number) {
    this.#hashes = new Array<string | undefined>(files).fill(undefined);
  }

  get done(): number {
    return this.#done;
  }

  get isComplete(): boolean {
    return this.#done === this.#hashes.length;
  }

  get hashes(): readonly string[] {
    return this.#hashes.map((hash) => hash ?? '');
  }

  record(items: readonly Done[]): void {
    for (const [index, hash] of items) {
      if (index >= this.#hashes.length || this.#hashes[index] !== undefined) continue;
      this.#hashes[index] = hash;
      this.#done += 1;
    }
  }

  /** Everything done so far, for somebody who was not there. */
  entries(): Done[] {
    return this.#hashes.flatMap((hash, index): Done[] =>
      hash === undefined ? [] : [[index, hash]],
    );
  }

  /** The open files of the member with this rank among so many: every n-th one. */
  share(rank: number, members: number): number[] {
    const mine: number[] = [];
    if (rank < 0) return mine;
    for (let index = rank; index < this.#hashes.length; index += members) {
      if (this.#hashes[index] === undefined) mine.push(index);
    }
    return mine;
  }
}
