import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramFailure } from '@group-services/runtime';

/** Attempts to take a lock that a dead process left behind. */
const ATTEMPTS = 3;

/** Keeps a second process out of a directory: a file with the process id of its user. */
export class DirectoryLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws ProgramFailure when a living process has it */
  static async take(directory: string): Promise<DirectoryLock> {
    const path = join(directory, 'lock');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
        return new DirectoryLock(path);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (owner !== process.pid && isAlive(owner)) {
        throw new ProgramFailure(`the store ${directory} is used by process ${owner}`);
      }
      await rm(path, { force: true });
    }
    throw new ProgramFailure(`the store ${directory} is being taken by another process`);
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
