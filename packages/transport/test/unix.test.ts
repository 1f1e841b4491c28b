import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Recorder } from '../src/compliance/harness.js';
import { unix } from '../src/unix.js';

interface Place {
  readonly directory: string;
  readonly path: string;
  readonly address: string;
}

const places: Place[] = [];
beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'gs-unix-'));
  const path = join(directory, 'gs', 'gsd.sock');
  places.push({ directory, path, address: `unix://${path}` });
});
afterEach(async () => {
  for (const { directory } of places.splice(0)) await rm(directory, { recursive: true });
});

function place(): Place {
  const [one] = places;
  if (one === undefined) throw new Error('there is a place within a test only');
  return one;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Leaves a socket file behind, as a process does that is killed. */
async function leaveStaleSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () =>
    process.kill(process.pid, 'SIGKILL'))`;
  const child = spawn(process.execPath, ['-e', script, path], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
}

describe('unix', () => {
  it('creates the directory, and removes the socket file when the listener closes', async () => {
    const { path, address } = place();
    const listener = await unix().listen(address, () => new Recorder());
    expect(listener.address).toBe(address);
    expect((await stat(join(path, '..'))).mode & 0o777 & ~0o755).toBe(0);
    expect((await stat(path)).isSocket()).toBe(true);
    await listener.close();
    expect(await exists(path)).toBe(false);
  });

  it('says so where no directory can be made', async () => {
    if (process.platform !== 'linux') return;
    await expect(
      unix().listen('unix:///proc/no/such/gsd.sock', () => new Recorder()),
    ).rejects.toThrow('cannot listen');
  });

  it('replaces the socket file of a process that was killed', async () => {
    const { directory } = place();
    const path = join(directory, 'stale.sock');
    await leaveStaleSocket(path);
    expect((await stat(path)).isSocket()).toBe(true);
    const events = new Recorder();
    const listener = await unix().listen(`unix://${path}`, () => events);
    const link = await unix().dial(`unix://${path}`, new Recorder());
    link.send({ head: Uint8Array.of(1) });
    await events.framesReach(1);
    link.abort();
    await listener.close();
  });

  it('lets exactly one of several win that find the same stale file', async () => {
    const { directory } = place();
    const path = join(directory, 'stale.sock');
    await leaveStaleSocket(path);
    const attempts = Array.from({ length: 5 }, () =>
      unix().listen(`unix://${path}`, () => new Recorder()),
    );
    const outcomes = await Promise.allSettled(attempts);
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const link = await unix().dial(`unix://${path}`, new Recorder());
    link.abort();
    for (const { value } of won) await value.close();
  });

  it('never replaces the socket file of a living process', async () => {
    const { address } = place();
    const listener = await unix().listen(address, () => new Recorder());
    const second = unix().listen(address, () => new Recorder());
    await expect(second).rejects.toMatchObject({
      code: 'live-socket',
      message: expect.stringContaining('living process'),
    });
    const link = await unix().dial(address, new Recorder());
    link.abort();
    await listener.close();
  });

  it('never removes a file that is not a socket', async () => {
    const { directory } = place();
    const path = join(directory, 'notes.txt');
    await writeFile(path, 'precious');
    const attempt = unix().listen(`unix://${path}`, () => new Recorder());
    await expect(attempt).rejects.toMatchObject({ code: 'address-in-use' });
    expect(await exists(path)).toBe(true);
    const dial = unix().dial(`unix://${path}`, new Recorder());
    await expect(dial).rejects.toMatchObject({ code: 'refused' });
  });

  it('leaves the file alone on close when it is no longer ours', async () => {
    const { path, address } = place();
    const first = await unix().listen(address, () => new Recorder());
    await unlink(path);
    const second = await unix().listen(address, () => new Recorder());
    await first.close();
    const link = await unix().dial(address, new Recorder());
    link.abort();
    await second.close();
    expect(await exists(path)).toBe(false);
  });

  it('makes the file anew when somebody deletes it, and its directory', async () => {
    const { path, address } = place();
    const told: unknown[] = [];
    const accepted = new Recorder();
    const listener = await unix().listen(address, () => accepted, {
      mode: 0o660,
      onTaken: (error) => told.push(error),
    });
    const before = await unix().dial(address, new Recorder());
    await rm(join(path, '..'), { recursive: true });
    await vi.waitFor(() => expect(told).toEqual([undefined]), 8000);
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    before.send({ head: Uint8Array.of(1) });
    const after = await unix().dial(address, new Recorder());
    after.send({ head: Uint8Array.of(2) });
    await accepted.framesReach(2);
    for (const link of [before, after]) link.abort();
    await listener.close();
    expect(await exists(path)).toBe(false);
  });

  it('leaves its place to another living process, and takes it back after that', async () => {
    const { path, address } = place();
    const told: unknown[] = [];
    const first = await unix().listen(address, () => new Recorder(), {
      onTaken: (error) => told.push(error),
    });
    const other = `${path}.other`;
    const second = await unix().listen(`unix://${other}`, () => new Recorder());
    await rename(other, path);
    await vi.waitFor(() => expect(told).toHaveLength(1), 8000);
    expect(told[0]).toMatchObject({ code: 'live-socket' });
    await second.close();
    await unlink(path);
    await vi.waitFor(() => expect(told).toHaveLength(2), 8000);
    const link = await unix().dial(address, new Recorder());
    link.abort();
    await first.close();
  });

  it('says that a path is too long or not within a directory', async () => {
    const { directory } = place();
    const long = unix().listen(`unix:///${'x'.repeat(107)}`, () => new Recorder());
    await expect(long).rejects.toMatchObject({
      code: 'bad-address',
      message: expect.stringContaining('at most 107'),
    });
    await writeFile(join(directory, 'file'), '');
    const within = unix().listen(`unix://${directory}/file/gsd.sock`, () => new Recorder());
    await expect(within).rejects.toMatchObject({ code: 'bad-address' });
  });

  it('says when the directory cannot be written', async () => {
    const { directory } = place();
    await chmod(directory, 0o555);
    const attempt = asOrdinaryUser(() =>
      unix().listen(`unix://${directory}/gsd.sock`, () => new Recorder()),
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'not-permitted',
      message: expect.stringContaining('permissions'),
    });
    await chmod(directory, 0o755);
  });
});

/** The superuser may write everywhere, so such a test run lowers its rights meanwhile. */
async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await act();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
