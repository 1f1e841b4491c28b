/**
 * First in, first out. Taking from the front moves an index and nothing else; what was taken is let go at
 * once, and the empty front is cut off when it outweighs what is left.
 */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest, without taking it. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= CUT_FROM && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  /** Takes out everything that matches, oldest first. */
  removeAll(matches: (item: T) => boolean): readonly T[] {
    const removed: T[] = [];
    const kept: T[] = [];
    for (const item of this) (matches(item) ? removed : kept).push(item);
    this.#items = kept;
    this.#head = 0;
    return removed;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.#head; i < this.#items.length; i += 1) yield this.#items[i] as T;
  }
} /** The part that was taken is cut off from so many on. */
const CUT_FROM = 64;
