import { Questions } from './questions.js';

/**
 * The process that started this worker. Texts and facts are told to it; at a *moment* the worker waits
 * for its word, so that somebody can be killed at exactly that place of the program.
 */
export class Parent<Fact> {
  readonly #questions = new Questions();

  constructor() {
    // A worker does not outlive the program it belongs to.
    process.on('disconnect', () => process.exit());
  }

  /** A line for the user. */
  say(text: string): void {
    process.send?.({ kind: 'say', text });
  }

  tell(fact: Fact): void {
    process.send?.({ kind: 'fact', fact });
  }

  async moment(name: string): Promise<void> {
    await this.#questions.ask({ kind: 'moment', name });
  }

  /** Ends this process when everything said has been sent; the status tells whether it did its part. */
  end(status: 0 | 1): void {
    process.exitCode = status;
    process.send?.({ kind: 'end' }, () => process.disconnect());
  }
}

/** What this worker was started for. */
export function jobOf<Job>(schema: { parse(value: unknown): Job }): Job {
  return schema.parse(JSON.parse(process.argv[2] ?? '{}'));
}
