import { connect, type GroupServices, GroupServicesError } from '@group-services/client';
import { pause, whenAborted } from './waiting.js';
import { isServices, type Where } from './where.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/** Mistakes that no waiting corrects. */
const LASTING: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'INCOMPATIBLE',
  'NOT_AUTHORIZED',
]);

/**
 * The connection of the program, or connections of its own one after the other; the next one begins when
 * it is asked for. For recipes that watch and are no members.
 */
export async function* connections(
  where: Where,
  signal: AbortSignal,
): AsyncGenerator<GroupServices, void, undefined> {
  if (isServices(where)) {
    yield where;
    return;
  }
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const services = await connect({ ...where, signal });
      wait = FIRST_WAIT_MS;
      const forget = whenAborted(signal, () => void services.close());
      try {
        yield services;
      } finally {
        forget();
        await services.close();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof GroupServicesError) || LASTING.has(error.code)) throw error;
    }
    await pause(wait, signal);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
}
