import type { Instant } from '@group-services/core';

interface Queued<T> {
  readonly at: Instant;
  readonly order: number;
  readonly value: T;
}

/**
 * A priority queue over virtual time (binary heap). What is due at the same instant comes out in the
 * order in which it was put in, so that one seed gives one run.
 */
export class EventQueue<T> {
  readonly #heap: Queued<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the first value is due; undefined when there is none. */
  get nextAt(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  push(at: Instant, value: T): void {
    const heap = this.#heap;
    const added: Queued<T> = { at, order: this.#order++, value };
    let index = heap.length;
    heap.push(added);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Queued<T>;
      if (!isBefore(added, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = added;
  }

  /** Takes the value that is due first; undefined when there is none. */
  pop(): { readonly at: Instant; readonly value: T } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    this.#sink(last);
    return first;
  }

  /** Puts `moved` into the emptied root and lets it sink to its place. */
  #sink(moved: Queued<T>): void {
    const heap = this.#heap;
    const length = heap.length;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= length) break;
      let child = heap[childIndex] as Queued<T>;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!isBefore(child, moved)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = moved;
  }
}

function isBefore<T>(a: Queued<T>, b: Queued<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
