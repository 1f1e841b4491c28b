import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemCodeOf } from './errors.js';

const MODE = 0o755;

/**
 * Makes a directory and those above it that are missing, parents first. The recursive `mkdir` of Node
 * never ends where nothing can be made, as in `/proc`.
 *
 * @throws what the operating system says
 */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: MODE });
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectories(dirname(path));
    await makeBelowParent(path);
  }
}

/** Once: what is missing now, although its parent was there, cannot be made. */
async function makeBelowParent(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: MODE });
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
  }
}
