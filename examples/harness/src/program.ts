import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, GroupServicesError } from '@group-services/client';

/** Why there is no result, in words for the user. */
export class ProgramError extends Error {}

/** Runs an example: signals abort it, its own errors are one line, the number it gives is the status. */
export async function runProgram(
  name: string,
  main: (signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => stopping.abort(new ProgramError(`stopped by ${signal}`)));
  }
  try {
    process.exitCode = await main(stopping.signal);
  } catch (error) {
    if (!isExplained(error)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

/** What the user can do something about. */
function isExplained(error: unknown): error is Error {
  return (
    error instanceof GroupServicesError ||
    error instanceof ProgramError ||
    // A wrong option.
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

/** The daemons' addresses that were given, or the usual one. */
export function endpointsOf(given: readonly string[] | undefined): readonly string[] {
  const byDefault = process.env['GROUP_SERVICES_ENDPOINT'] ?? 'unix:///run/group-services/gsd.sock';
  return given ?? [byDefault];
}

/** Workers would wait for their daemons for as long as it takes; a wrong address is told at once. */
export async function checkDaemons(endpoints: readonly string[]): Promise<void> {
  for (const endpoint of new Set(endpoints)) await (await connect({ endpoint })).close();
}

/** Works in the folder that was given, which stays, or in a temporary one, which is removed. */
export async function withFolder<Result>(
  given: string | undefined,
  name: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true });
    return await work(resolve(given));
  }
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
