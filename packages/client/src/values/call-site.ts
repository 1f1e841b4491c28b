/**
 * Where the program called a public method.
 *
 * What a call ends with is found out much later, when something came over a socket, and an error made there
 * shows nothing of the program in its stack. So its place is noted while the call begins, and its errors are
 * given that stack.
 */
export class CallSite {
  readonly stack?: string;

  /** `above`: the function of this package below which the frames are those of the program. */
  constructor(above: (...args: never[]) => unknown) {
    // Not every engine has it.
    Error.captureStackTrace?.(this, above);
  }

  /** The same error, with this place instead of where it was made. */
  placed<T>(error: T): T {
    if (!(error instanceof Error) || this.stack === undefined) return error;
    const frames = this.stack.slice(this.stack.indexOf('\n'));
    error.stack = `${error.name}: ${error.message}${frames}`;
    return error;
  }
}
