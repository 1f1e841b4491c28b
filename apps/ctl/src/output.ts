/** What gsctl writes to. */
export type OutputStream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off' | 'once'>;

/**
 * Standard output. A reader that has gone (`gsctl watch x | head -1`) is no failure: `gone` fires and
 * what is still to be written is dropped.
 */
export class Output {
  readonly #stream: OutputStream;
  readonly #gone = new AbortController();

  constructor(stream: OutputStream) {
    this.#stream = stream;
    stream.on('error', () => this.#gone.abort());
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the text is written, so that a slow reader slows us down. */
  print(text: string): Promise<void> {
    if (this.gone.aborted) return Promise.resolve();
    // The callback is also called when writing fails, which the error event tells.
    return new Promise((resolve) => void this.#stream.write(`${text}\n`, () => resolve()));
  }
}
