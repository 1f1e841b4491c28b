import { type Instant, NEVER } from './instant.js';
import { Queue } from './queue.js';

/** Inputs in the order of their arrival, each with its time. */
export class InputQueue<Input> {
  readonly #waiting = new Queue<{ readonly input: Input; readonly arrivedAt: Instant }>();

  get length(): number {
    return this.#waiting.length;
  }

  /** When the input came that waits longest; NEVER: none waits. */
  get oldest(): Instant {
    return this.#waiting.peek()?.arrivedAt ?? NEVER;
  }

  push(input: Input, now: Instant): void {
    this.#waiting.push({ input, arrivedAt: now });
  }

  shift(): Input | undefined {
    return this.#waiting.shift()?.input;
  }

  clear(): void {
    this.#waiting.clear();
  }
}
