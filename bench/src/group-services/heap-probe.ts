/** Loaded into a daemon before the program itself: answers what its heap holds after a collection. */
import { serveCalls } from '../remote-calls.js';

export interface ProbeCalls {
  /** Bytes in use. */
  readonly heap: { readonly request: undefined; readonly response: number };
}

serveCalls<ProbeCalls>({
  heap: () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
});
// The program ends when it wants to, not when the bench hangs up.
process.channel?.unref();
