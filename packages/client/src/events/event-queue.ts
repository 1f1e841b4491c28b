import { Queue } from '@group-services/core';

/** Events that wait for one consumer, with the bytes each accounts for. */
export class EventQueue<E> {
  readonly #waiting = new Queue<{ readonly event: E; readonly bytes: number }>();
  #bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** Bytes of all that waits. */
  get bytes(): number {
    return this.#bytes;
  }

  push(event: E, bytes: number): void {
    this.#waiting.push({ event, bytes });
    this.#bytes += bytes;
  }

  /** The oldest event, which leaves the queue; undefined when there is none. */
  shift(): E | undefined {
    const oldest = this.#waiting.shift();
    this.#bytes -= oldest?.bytes ?? 0;
    return oldest?.event;
  }

  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }
}
