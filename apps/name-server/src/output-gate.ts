import type { NameServerOutput, TableRecord } from '@group-services/name-server';

/**
 * Keeps the order that the engine asks for: what follows a `persist` is performed only when the record
 * is durable, so that nobody is told of a change that a crash could undo.
 *
 * While one write is on its way, outputs gather; the next write takes all of their records at once
 * (group commit). Without records nothing waits.
 */
export class OutputGate {
  readonly #options: OutputGateOptions;
  #waiting: NameServerOutput[] = [];
  #isWriting = false;
  #failed = false;
  #idle: Promise<void> = Promise.resolve();

  constructor(options: OutputGateOptions) {
    this.#options = options;
  }

  /** Outputs behind a write. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Nothing is performed any more, and what was not written is forgotten. */
  abandon(): void {
    this.#failed = true;
    this.#waiting = [];
  }

  take(output: NameServerOutput): void {
    if (this.#failed) return;
    if (output.kind !== 'persist' && !this.#isWriting && this.#waiting.length === 0) {
      this.#options.perform(output);
    } else {
      this.#waiting.push(output);
    }
  }

  /** To be called at the end of a turn: starts a write unless one is on its way. */
  turnEnded(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    this.#idle = this.#drain().finally(() => {
      this.#isWriting = false;
    });
  }

  /** Resolves when no write is on its way. */
  async settled(): Promise<void> {
    await this.#idle;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const records = batch.flatMap((output) => (output.kind === 'persist' ? [output.record] : []));
      try {
        await this.#options.append(records);
      } catch (error) {
        if (this.#failed) return;
        this.abandon();
        this.#options.failed(error);
        return;
      }
      if (this.#failed) return;
      for (const output of batch) {
        if (output.kind !== 'persist') this.#options.perform(output);
      }
      this.#options.written();
    }
  }
}

type Effect = Exclude<NameServerOutput, { readonly kind: 'persist' }>;

export interface OutputGateOptions {
  /** Resolves when the records are durable. Never called again before that. */
  readonly append: (records: readonly TableRecord[]) => Promise<void>;
  readonly perform: (output: Effect) => void;
  /** A write is done and what waited for it is performed. */
  readonly written: () => void;
  /** The store failed: nothing is performed any more. */
  readonly failed: (error: unknown) => void;
}
