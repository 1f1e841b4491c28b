// What every job shares: the repository's root and the lines it prints.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

export function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}

export function step(name) {
  console.log(`\n== ${name}`);
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Whether every tracked file is as committed. A folder without git history counts as clean. */
export function clean() {
  const diff = spawnSync('git', ['diff', '--stat', '--exit-code'], { cwd: root, encoding: 'utf8' });
  if (diff.status === 1) console.log(`\ntracked files were changed by the run:\n${diff.stdout}`);
  return diff.status !== 1;
}
