import { AttributeMismatchError, type GroupServices } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutex, rwlock, semaphore } from '../src/index.js';

let domain: TestDomain;
let one: GroupServices;
let two: GroupServices;

beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
  one = await domain.connect('n1');
  two = await domain.connect('n2');
});
afterAll(() => domain.stop());

/** Settled promises are seen as such after everything that waits. */
async function isPending(promise: Promise<unknown>, connection: GroupServices): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await connection.groups();
  return !settled;
}

it('gives a mutex to one at a time, in the order of asking, with growing fences', async () => {
  await using mine = await mutex(one, 'order');
  await using theirs = await mutex(two, 'order');
  const first = await mine.acquire();
  const second = theirs.acquire();
  expect(await isPending(second, two)).toBe(true);
  await first.release();
  expect(first.signal.aborted).toBe(true);
  const lock = await second;
  expect(lock.fence > first.fence).toBe(true);
  expect(lock.signal.aborted).toBe(false);
});

it('releases the lock of a process that dies', async () => {
  const dying = await domain.connect('n2');
  const held = await (await mutex(dying, 'death')).acquire();
  await using mine = await mutex(one, 'death');
  const next = mine.acquire();
  domain.disconnect(dying);
  const lock = await next;
  expect(lock.fence > held.fence).toBe(true);
  expect(held.signal.aborted).toBe(true);
  expect(held.signal.reason).toMatchObject({ code: 'CONNECTION_LOST' });
});

it('gives up waiting by signal and by time, and nobody waits behind', async () => {
  await using handle = await mutex(one, 'patience');
  const held = await handle.acquire();
  const stop = new AbortController();
  const given = handle.acquire({ signal: stop.signal });
  stop.abort('no more');
  await expect(given).rejects.toMatchObject({ code: 'ABORTED', cause: 'no more' });
  const late = handle.acquire({ timeout: 1 });
  await expect(late).rejects.toMatchObject({ code: 'TIMEOUT', milliseconds: 1 });
  await expect(handle.acquire({ timeout: -1 })).rejects.toMatchObject({ argument: 'timeout' });
  await held.release();
  await (await handle.acquire()).release();
});

it('ends with its handle: locks are released, who waits is told', async () => {
  const handle = await mutex(one, 'handle');
  const held = await handle.acquire();
  const waiting = handle.acquire();
  waiting.catch(() => {});
  await handle[Symbol.asyncDispose]();
  expect(held.signal.aborted).toBe(true);
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(handle.acquire()).rejects.toMatchObject({ code: 'ABORTED' });
});

it('ends with the connection that was given', async () => {
  const dying = await domain.connect('n2');
  await using mine = await mutex(one, 'connection');
  const held = await mine.acquire();
  const waiting = (await mutex(dying, 'connection')).acquire();
  waiting.catch(() => {});
  await isPending(waiting, dying);
  domain.disconnect(dying);
  await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await held.release();
});

it('waits on through the death of its daemon when the connection is its own', async () => {
  const apart = await startDomain({ daemons: 2 });
  const holder = await mutex(await apart.connect('n1'), 'daemon');
  const held = await holder.acquire();
  await using handle = await mutex({ endpoint: apart.endpoint('n2') }, 'daemon');
  const waiting = handle.acquire();
  await isPending(waiting, await apart.connect('n2'));
  await apart.killDaemon('n2');
  await apart.restartDaemon('n2');
  await held.release();
  const lock = await waiting;
  expect(lock.fence > held.fence).toBe(true);
  await lock.release();
  await apart.stop();
});

it('lets so many hold a semaphore, all of whom mean the same number', async () => {
  await using handle = await semaphore(one, 'three', 3);
  const held = await Promise.all([handle.acquire(), handle.acquire(), handle.acquire()]);
  const fourth = handle.acquire();
  expect(await isPending(fourth, one)).toBe(true);
  await using other = await semaphore(two, 'three', 2);
  await expect(other.acquire()).rejects.toBeInstanceOf(AttributeMismatchError);
  await held[1].release();
  await fourth;
  await expect(semaphore(one, 'none', 0)).rejects.toMatchObject({ argument: 'permits' });
});

it('lets readers in together and writers alone, in the order of asking', async () => {
  await using mine = await rwlock(one, 'book');
  await using theirs = await rwlock(two, 'book');
  const readers = [await mine.read(), await theirs.read()];
  const writer = mine.write();
  expect(await isPending(writer, one)).toBe(true);
  const late = theirs.read();
  expect(await isPending(late, two)).toBe(true);
  await Promise.all(readers.map((each) => each.release()));
  const written = await writer;
  expect(await isPending(late, two)).toBe(true);
  await written.release();
  expect((await late).fence > written.fence).toBe(true);
});

it('gives what a dead process held to the next, also of a semaphore and a read-write lock', async () => {
  const dying = await domain.connect('n2');
  await using permits = await semaphore(one, 'deaths', 1);
  await using book = await rwlock(one, 'deaths');
  const held = await (await semaphore(dying, 'deaths', 1)).acquire();
  const written = await (await rwlock(dying, 'deaths')).write();
  const waiting = Promise.all([permits.acquire(), book.read(), book.read()]);
  expect(await isPending(waiting, one)).toBe(true);
  domain.disconnect(dying);
  const [permit, ...readers] = await waiting;
  expect(permit.fence > held.fence).toBe(true);
  for (const reader of readers) expect(reader.fence > written.fence).toBe(true);
  await written.release();
  expect([held.signal.aborted, written.signal.aborted]).toEqual([true, true]);
});
