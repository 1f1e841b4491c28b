import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DirectoryLock } from './directory-lock.js';

function workspace(...parts: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'gsns-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const inner = join(directory, ...parts);
  mkdirSync(inner, { recursive: true });
  return inner;
}

/** A lock as some process left it. */
function leave(directory: string, number: number, change: Record<string, unknown>): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const holder = { boot, host: hostname(), pid: 1, socket: 'lock-0a.sock', released: false };
  const path = join(directory, `lock-${number}`);
  writeFileSync(path, JSON.stringify({ ...holder, ...change }));
  return path;
}

test('it is held by one, and free for the next when released', async () => {
  const directory = workspace();
  const first = await DirectoryLock.take(directory);
  await expect(DirectoryLock.take(directory)).rejects.toThrow(
    /is used by another name server, process \d+ of /u,
  );
  await first.check();
  await first.release();
  const second = await DirectoryLock.take(directory);
  await second.check();
  await second.release();
  expect(readdirSync(directory)).toEqual(['lock-2']);
});

test('a dead holder leaves nothing in the way, whoever has its process id now', async () => {
  const directory = workspace();
  // Our own id lives; so would 1, in each of two containers.
  leave(directory, 7, { pid: process.pid });
  const lock = await DirectoryLock.take(directory);
  expect(readdirSync(directory)).toContain('lock-8');
  await lock.release();
});

test('a holder with the same process id in another container keeps others out', async () => {
  const directory = workspace();
  const other = await DirectoryLock.take(directory);
  const path = leave(directory, 1, {
    ...JSON.parse(readFileSync(join(directory, 'lock-1'), 'utf8')),
    pid: process.pid,
  });
  await expect(DirectoryLock.take(directory)).rejects.toThrow(/is used by another name server/u);
  expect(readFileSync(path, 'utf8')).toContain(`"pid":${process.pid}`);
  await other.release();
});

test('on another machine a holder is known by its beat, and a former start of this one by its age', async () => {
  const directory = workspace();
  const path = leave(directory, 1, { boot: 'another', host: 'elsewhere' });
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 100);
  await expect(DirectoryLock.take(directory)).rejects.toThrow(
    /process 1 of elsewhere; it was seen alive just now/u,
  );
  clearInterval(beat);
  utimesSync(path, new Date(0), new Date(0));
  await (await DirectoryLock.take(directory)).release();
});

test('whose directory was taken by another must not write', async () => {
  const directory = workspace();
  const lock = await DirectoryLock.take(directory);
  leave(directory, 2, { boot: 'another' });
  await expect(lock.check()).rejects.toThrow(/was taken by another name server/u);
  await lock.release();
  expect(readFileSync(join(directory, 'lock-2'), 'utf8')).toContain('"released":false');
});

test('the path of the directory may be longer than that of a socket', async () => {
  const directory = workspace(...Array.from({ length: 12 }, () => 'a-long-name-of-a-directory'));
  const lock = await DirectoryLock.take(directory);
  await expect(DirectoryLock.take(directory)).rejects.toThrow(/is used by another name server/u);
  await lock.release();
});

test('files that no name server wrote are no locks', async () => {
  const directory = workspace();
  writeFileSync(join(directory, 'lock-3'), 'x');
  writeFileSync(join(directory, 'lock'), '1\n');
  const lock = await DirectoryLock.take(directory);
  await lock.check();
  await lock.release();
  expect(readdirSync(directory).sort()).toEqual(['lock', 'lock-4']);
});

test('of many that start at once on a stale lock exactly one gets it', {
  timeout: 60_000,
}, async () => {
  const directory = workspace();
  for (let round = 1; round <= 100; round += 1) {
    leave(directory, round * 1_000, {});
    const starts = Array.from({ length: 4 }, async () => await DirectoryLock.take(directory));
    const outcomes = await Promise.allSettled(starts);
    const taken = outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
    expect([round, taken.length]).toEqual([round, 1]);
    await taken[0]?.check();
    await taken[0]?.release();
  }
});
