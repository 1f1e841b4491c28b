/** Remembers the order of deliveries as a hash, and whether each sender's came without a gap. */
export class OrderLog {
  #delivered = 0;
  #isIntact = true;
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  readonly #next = new Map<number, number>();

  /** Counts one delivery: `counter` is the sender's own, from 0. */
  record(sender: number, counter: number): void {
    const expected = this.#next.get(sender) ?? 0;
    if (counter !== expected) this.#isIntact = false;
    this.#next.set(sender, counter + 1);
    this.#delivered += 1;
    this.#low = Math.imul(turned(this.#low) ^ (counter * 8 + sender), 0x01000193);
    this.#high = Math.imul(turned(this.#high) ^ (counter * 8 + sender), 0x85ebca6b);
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** False once a sender's message was lost, doubled or out of its order. */
  get isIntact(): boolean {
    return this.#isIntact;
  }

  /** Sixteen hexadecimal digits. */
  get hash(): string {
    return [this.#high, this.#low]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }
}

/** Multiplication carries bits upwards only; turning lets high bits reach the low ones again. */
function turned(word: number): number {
  return (word << 13) | (word >>> 19);
}
