import { setTimeout as pause } from 'node:timers/promises';

/** Generous: it is only ever reached by a test that fails. */
let limitMs = 30_000;
const LOOK_AGAIN_MS = 10;

/** For runs that rather wait than complain. */
export function waitUpTo(ms: number): void {
  limitMs = ms;
}

/** Waits until `look` gives something other than undefined or false, and gives that. */
export async function eventually<T>(
  what: () => string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`never came true: ${what()}`);
    await pause(LOOK_AGAIN_MS);
  }
}
