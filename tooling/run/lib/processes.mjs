// Child processes of the set-up, and what happens to them when the parent of this process is gone.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { root } from './console.mjs';

const PARENT_CHECK_MS = 500;

/** Children that still run; they are told when this process is told to stop. */
const children = new Set();

/**
 * Runs a program of the set-up to its end. `quiet` keeps its output back and returns it instead;
 * `linewise` passes it on in whole lines, for two that print at the same time. Standard input is
 * closed: nothing in here may ask a question.
 */
export function run(argv, { quiet = false, linewise = false, env = {}, priority } = {}) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: root,
      env: { ...process.env, ...(linewise ? colours() : {}), ...env },
      stdio: ['ignore', ...Array(2).fill(quiet || linewise ? 'pipe' : 'inherit')],
      shell: process.platform === 'win32',
    });
    if (priority !== undefined) giveWay(child, priority);
    const chunks = [];
    for (const name of ['stdout', 'stderr']) {
      const stream = child[name];
      if (linewise) {
        createInterface({ input: stream }).on('line', (line) => process[name].write(`${line}\n`));
      } else stream?.on('data', (chunk) => chunks.push(chunk));
    }
    children.add(child);
    const finish = (code) => {
      children.delete(child);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    };
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${argv[0]}: ${error.message}\n`));
      if (!quiet) console.error(`${argv[0]}: ${error.message}`);
      finish(1);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** What a child would do if it wrote to our terminal itself. */
function colours() {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? { FORCE_COLOR: '1' } : {};
}

/** Lets others go first; what the child starts inherits it. Where that is refused all are equal. */
function giveWay({ pid }, priority) {
  try {
    if (pid !== undefined) setPriority(pid, priority);
  } catch {
    // Nothing depends on it.
  }
}

/** True when a set-up program was running and has been told to stop. */
function stopChildren(signal) {
  for (const child of children) child.kill(signal);
  return children.size > 0;
}

/**
 * npm that is ended by SIGTERM takes its shell with it, but not this process. The lost parent is
 * noticed here and turned into the SIGTERM that should have arrived. A closed terminal likewise.
 */
export function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  watch.unref();
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    // During the set-up there is nothing to tidy up. Afterwards the started program has its own
    // handlers, and this one must not be in their way.
    process.on(signal, () => {
      if (setUp.done) return;
      stopChildren(signal);
      process.exit(code);
    });
  }
}

/** Set by whoever starts the actual program in this process. */
export const setUp = { done: false };
