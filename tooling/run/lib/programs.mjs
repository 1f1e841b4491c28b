// Starts the repository's own programs in this very process: signals then need no forwarding, and a
// terminal's Ctrl-C, which reaches every process of the foreground group, arrives once.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './console.mjs';
import { setUp } from './processes.mjs';

/** Each is a private workspace package whose `bin` names the built program. */
const workspaces = {
  start: 'tooling/local-domain',
  sim: 'packages/simulation',
  fuzz: 'tooling/fuzz',
  bench: 'bench',
  screenshots: 'tooling/console-check',
};

export function hasJob(name) {
  if (entry(name) !== undefined) return true;
  console.error(`${workspaces[name]}/package.json names no program: it needs a "bin" entry.`);
  return false;
}

export async function runProgram(name, args) {
  const file = join(root, workspaces[name], entry(name));
  process.argv = [process.execPath, file, ...args];
  setUp.done = true;
  await import(pathToFileURL(file).href);
}

function entry(name) {
  const path = join(root, workspaces[name], 'package.json');
  if (!existsSync(path)) return undefined;
  const { bin } = JSON.parse(readFileSync(path, 'utf8'));
  return typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
}
