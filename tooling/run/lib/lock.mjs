// One set-up at a time per working copy: two commands started together must not install or build
// into the same folders. The lock is a file that names its owner; a dead owner's lock is taken over.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './console.mjs';

const LOCK = join(root, '.run-lock');
const RETRY_MS = 200;
/** Longer than any installation; afterwards the other owner is taken to hang. */
const WAIT_MAX_MS = 15 * 60_000;

export async function locked(work) {
  await take();
  const release = () => rmSync(LOCK, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function take() {
  const until = performance.now() + WAIT_MAX_MS;
  for (let told = false; performance.now() < until; told = true) {
    if (tryTake()) return;
    if (!told) console.log('another command is setting up this working copy; waiting for it');
    await pause(RETRY_MS);
  }
  throw new Error(`${LOCK} has been held for too long; remove it if no other command is running`);
}

function tryTake() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (ownerLives()) return false;
  rmSync(LOCK, { force: true });
  return false;
}

function ownerLives() {
  try {
    const owner = Number(readFileSync(LOCK, 'utf8'));
    // An empty file belongs to an owner between creating and writing.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
