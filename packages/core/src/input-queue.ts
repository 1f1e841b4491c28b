import { type Instant, NEVER } from './instant.js';

/** What was taken in front is cut off when it is so much. */
const CUT_FROM = 1_024;

/** Inputs in the order of their arrival, each with its time. Taking one costs the same however many wait. */
export class InputQueue<Input> {
  #inputs: Input[] = [];
  #arrivals: Instant[] = [];
  #head = 0;

  get length(): number {
    return this.#inputs.length - this.#head;
  }

  /** When the input came that waits longest; NEVER: none waits. */
  get oldest(): Instant {
    return this.#arrivals[this.#head] ?? NEVER;
  }

  push(input: Input, now: Instant): void {
    this.#inputs.push(input);
    this.#arrivals.push(now);
  }

  /** Only while {@link length} is not 0. */
  shift(): Input {
    const input = this.#inputs[this.#head] as Input;
    this.#head += 1;
    if (this.#head === this.#inputs.length) this.clear();
    else if (this.#head >= CUT_FROM && 2 * this.#head >= this.#inputs.length) this.#cut();
    return input;
  }

  clear(): void {
    this.#inputs = [];
    this.#arrivals = [];
    this.#head = 0;
  }

  #cut(): void {
    this.#inputs = this.#inputs.slice(this.#head);
    this.#arrivals = this.#arrivals.slice(this.#head);
    this.#head = 0;
  }
}
