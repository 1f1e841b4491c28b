import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StartContext } from '../system.js';

const run = promisify(execFile);

/** Long enough to install and build everything on a slow machine. */
const BUILD_MS = 1_200_000;

/** The checkout that this bench was built in. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Another commit cannot be measured; the message says which step failed and what it printed. */
export class BuildError extends Error {}

/**
 * Builds another commit in a folder of this run: its programs and its client, but this bench's way of
 * measuring them, so that both are asked the same questions. Throws BuildError.
 */
export async function buildOther(
  ref: string,
  context: StartContext,
  onProgress: (line: string) => void,
): Promise<StartContext> {
  const folder = join(context.processes.folder, 'other');
  onProgress(`building ${ref}: a minute or two`);
  await step(`finding ${ref}`, ['git', 'clone', '--quiet', '--no-checkout', ROOT, folder], ROOT);
  const { stdout } = await step(
    `finding ${ref}`,
    ['git', 'rev-parse', '--verify', `${ref}^{commit}`],
    ROOT,
  );
  await step(`finding ${ref}`, ['git', 'checkout', '--quiet', '--detach', stdout.trim()], folder);
  for (const part of ['src', 'tsup.config.ts']) {
    await rm(join(folder, 'bench', part), { recursive: true, force: true });
    await cp(join(ROOT, 'bench', part), join(folder, 'bench', part), { recursive: true });
  }
  await step(`building ${ref}`, [process.execPath, 'tooling/run/run.mjs', 'build'], folder);
  return {
    ...context,
    memberEntry: join(folder, 'bench', 'dist', 'member.js'),
    gsd: join(folder, 'apps', 'daemon', 'dist', 'gsd.js'),
    gsns: join(folder, 'apps', 'name-server', 'dist', 'gsns.js'),
  };
}

async function step(
  what: string,
  [file = '', ...args]: readonly string[],
  cwd: string,
): Promise<{ readonly stdout: string }> {
  try {
    return await run(file, args, { cwd, timeout: BUILD_MS, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new BuildError(`${what} failed:\n${printed}`, { cause: error });
  }
}
