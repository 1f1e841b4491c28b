/** What has happened and was not taken yet; the oldest goes when nobody takes any for too long. */
const WAITING_MAX = 65_536;

/** Hands each value to every reader; a reader gets what comes from when it is made. */
export class Feed<T> {
  readonly #readers = new Set<Reader<T>>();
  #ended = false;

  push(value: T): void {
    for (const reader of this.#readers) reader.push(value);
  }

  /** No more values: readers end after what waits for them. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** What comes from now on, as far as it is wanted. */
  read(wanted: (value: T) => boolean = () => true): AsyncIterableIterator<T> {
    const reader = new Reader<T>(wanted, () => this.#readers.delete(reader));
    if (this.#ended) reader.end();
    else this.#readers.add(reader);
    return reader;
  }
}

class Reader<T> implements AsyncIterableIterator<T> {
  readonly #waiting: T[] = [];
  readonly #wanted: (value: T) => boolean;
  readonly #stopped: () => void;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(wanted: (value: T) => boolean, stopped: () => void) {
    this.#wanted = wanted;
    this.#stopped = stopped;
  }

  push(value: T): void {
    if (!this.#wanted(value)) return;
    this.#waiting.push(value);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const [value] = this.#waiting.splice(0, 1);
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#stopped();
    this.#waiting.length = 0;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this;
  }
}
