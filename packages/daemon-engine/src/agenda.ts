import { type Instant, NEVER } from '@group-services/core';

/**
 * Which of many things is due next, for a daemon in thousands of groups: asking each of them after every
 * input would cost more than the inputs.
 *
 * A deadline moves only when its owner is told something, so the owner is {@link Agenda.touch}ed then and
 * asked again when the next deadline is wanted. Times that were planned and do not hold any more stay in
 * the heap until they come up, or until they are most of it.
 */
export class Agenda<T extends Punctual> {
  readonly #touched = new Set<T>();
  readonly #planned = new Map<T, Instant>();
  #heap: Planned<T>[] = [];

  touch(item: T): void {
    this.#touched.add(item);
  }

  forget(item: T): void {
    this.#touched.delete(item);
    this.#planned.delete(item);
  }

  /** The earliest deadline of all. */
  next(): Instant {
    this.#settle();
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return NEVER;
      if (this.#planned.get(first.item) === first.at) return first.at;
      this.#pop();
    }
  }

  /** Takes out everything that is due; each is planned anew when it is touched. */
  takeDue(now: Instant): T[] {
    const due: T[] = [];
    while (this.next() <= now) {
      const { item } = this.#heap[0] as Planned<T>;
      this.#pop();
      this.#planned.delete(item);
      due.push(item);
    }
    return due;
  }

  #settle(): void {
    for (const item of this.#touched) {
      const at = item.deadline();
      if (this.#planned.get(item) === at) continue;
      if (at === NEVER) {
        this.#planned.delete(item);
      } else {
        this.#planned.set(item, at);
        this.#push({ at, item });
      }
    }
    this.#touched.clear();
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#planned.size) this.#rebuild();
  }

  #rebuild(): void {
    this.#heap = [];
    for (const [item, at] of this.#planned) this.#push({ at, item });
  }

  #push(planned: Planned<T>): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(planned);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Planned<T>;
      if (parent.at <= planned.at) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right !== undefined && right.at < (heap[below] as Planned<T>).at) below += 1;
      const child = heap[below] as Planned<T>;
      if (child.at >= moved.at) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = moved;
  }
}

/** Something with a deadline of its own. */
export interface Punctual {
  deadline(): Instant;
}

interface Planned<T> {
  readonly at: Instant;
  readonly item: T;
}
