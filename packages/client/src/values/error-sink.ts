import { inContext } from './context.js';
/** Where errors go that no promise can carry. */
export type ErrorHandler = (error: Error) => void;

/** Gives errors to the handler of the user, or makes process warnings of them. */
export class ErrorSink {
  readonly #handler: ErrorHandler | undefined;

  constructor(handler: ErrorHandler | undefined) {
    this.#handler = handler && inContext(handler);
  }

  report(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
    if (this.#handler === undefined) {
      process.emitWarning(error);
      return;
    }
    try {
      this.#handler(error);
    } catch (failure) {
      // The handler for errors failed itself: the process warning is the last place left.
      process.emitWarning(failure instanceof Error ? failure : String(failure));
      process.emitWarning(error);
    }
  }
}
