import type { EventQueue } from './event-queue.js';

/** What a sequence tells the handle that made it. */
export interface SequenceOwner<E> {
  /** Its consumer has stopped: nothing more is to be queued for it. */
  onStopped(sequence: EventSequence<E>): void;
  /** Its consumer has taken an event that had waited. */
  onTaken(): void;
}

interface Waiting<E> {
  readonly resolve: (result: IteratorResult<E, undefined>) => void;
}

/** What all async iterators of the language inherit from: helpers such as `map` and `take`, where there are any. */
const AsyncIteratorBase = /* @__PURE__ */ asyncIteratorBase();

function asyncIteratorBase(): new () => object {
  const base = function AsyncIteratorBase(): void {};
  const ofGenerators: object = Object.getPrototypeOf(async function* () {}).prototype;
  base.prototype = Object.getPrototypeOf(ofGenerators);
  return base as unknown as new () => object;
}

/**
 * One consumer of a handle's events, for `for await`.
 *
 * A consumer that keeps up costs one promise per event; one that lags costs none until it asks.
 */
export class EventSequence<E>
  extends AsyncIteratorBase
  implements AsyncIterableIterator<E, undefined>
{
  readonly #owner: SequenceOwner<E>;
  readonly #queue: EventQueue<E>;
  /** Calls of `next` that found nothing, oldest first; more than one only without `for await`. */
  #waiting: Waiting<E>[] = [];
  /** No event will come any more. */
  #finished = false;

  constructor(owner: SequenceOwner<E>, queue: EventQueue<E>) {
    super();
    this.#owner = owner;
    this.#queue = queue;
  }

  /** Events that wait for the consumer. */
  get lag(): number {
    return this.#queue.length;
  }

  /** Bytes that wait for the consumer. */
  get lagBytes(): number {
    return this.#queue.bytes;
  }

  push(event: E, bytes: number): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#queue.push(event, bytes);
    else waiting.resolve({ done: false, value: event });
  }

  /** The end, after what waits already. */
  finish(): void {
    this.#finished = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve({ done: true, value: undefined });
  }

  /** The end at once: what waits is dropped. */
  stop(): void {
    this.#queue.clear();
    this.finish();
  }

  next(): Promise<IteratorResult<E, undefined>> {
    const event = this.#queue.shift();
    if (event !== undefined) {
      this.#owner.onTaken();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#finished) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push({ resolve }));
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.stop();
    this.#owner.onStopped(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
