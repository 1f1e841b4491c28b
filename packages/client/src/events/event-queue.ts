/**
 * Events that wait for one consumer, with the bytes each accounts for.
 *
 * Taking from the front moves an index: nothing is shifted, and the array is cut only when its empty
 * front outweighs what it holds.
 */
export class EventQueue<E> {
  #events: (E | undefined)[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#events.length - this.#head;
  }

  /** Bytes of all that waits. */
  get bytes(): number {
    return this.#bytes;
  }

  push(event: E, bytes: number): void {
    this.#events.push(event);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** The oldest event, which leaves the queue; undefined when there is none. */
  shift(): E | undefined {
    const head = this.#head;
    if (head === this.#events.length) return undefined;
    const event = this.#events[head];
    this.#events[head] = undefined;
    this.#bytes -= this.#sizes[head] ?? 0;
    this.#head = head + 1;
    if (this.#head >= CUT_AFTER && this.#head * 2 > this.#events.length) this.#cut();
    return event;
  }

  clear(): void {
    this.#events = [];
    this.#sizes = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #cut(): void {
    this.#events = this.#events.slice(this.#head);
    this.#sizes = this.#sizes.slice(this.#head);
    this.#head = 0;
  }
}

const CUT_AFTER = 1024;
