import * as z from 'zod';
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
  '/api/log',
] as const;

/** All that one program says of itself. A question that fails is in it with the reason. */
export async function dumpOf(api: AdminClient): Promise<Readonly<Record<string, unknown>>> {
  const questions: readonly (readonly [path: string, ask: () => Promise<unknown>])[] = [
    ...PATHS.map((path) => [path, () => api.find(path, z.unknown())] as const),
    ['/readyz', () => api.get('/readyz', z.unknown(), [200, 503])],
    ['/metrics', () => api.text('/metrics')],
  ];
  const answers = await Promise.all(
    questions.map(async ([path, ask]) => [path, await asked(ask)] as const),
  );
  return Object.fromEntries(answers);
}

async function asked(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { failed: error.message };
  }
}
