import { z } from 'zod';
import type { AdminClient } from './admin-client.js';
import { CommandFailure } from './exit-status.js';

/** What programs are asked for; of those that one does not have nothing is in the dump. */
const PATHS = [
  '/api/status',
  '/api/options',
  '/api/nodes',
  '/api/peers',
  '/api/groups',
  '/api/clients',
] as const;

/** All that one program says of itself. A question that fails is in it with the reason. */
export async function dumpOf(api: AdminClient): Promise<Readonly<Record<string, unknown>>> {
  const answers = await Promise.all([
    ...PATHS.map(async (path) => [path, await asked(() => api.find(path, z.unknown()))]),
    ['/readyz', await asked(() => api.get('/readyz', z.unknown(), [200, 503]))],
    ['/metrics', await asked(() => api.text('/metrics'))],
  ]);
  return Object.fromEntries(answers) as Record<string, unknown>;
}

async function asked(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { failed: error.message };
  }
}
