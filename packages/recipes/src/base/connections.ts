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
 * Uses the connection of the program, or connections of its own one after the other: the next one begins when
 * the use of the one before has ended, or has failed in a way that passes. For recipes that watch and are no
 * members.
 */
export async function overConnections(
  where: Where,
  signal: AbortSignal,
  use: (services: GroupServices) => Promise<void>,
): Promise<void> {
  if (isServices(where)) return await use(where);
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const services = await connect({ ...where, signal });
      const forget = whenAborted(signal, () => void services.close());
      try {
        await use(services);
        wait = FIRST_WAIT_MS;
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
