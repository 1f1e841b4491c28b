import type { GroupServices } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { map, presence, queue, replicated, rollingRestart, rollout } from '../src/index.js';

let domain: TestDomain;
let one: GroupServices;

beforeAll(async () => {
  domain = await startDomain({ daemons: 1 });
  one = await domain.connect('n1');
});
afterAll(() => domain.stop());

const gaveUp = { code: 'ABORTED', cause: 'enough' };
const signal = AbortSignal.abort('enough');

it('does nothing for whoever has given up already', async () => {
  await using book = await map<number>(one, 'book');
  await expect(book.set('a', 1, { signal })).rejects.toMatchObject(gaveUp);
  await expect(book.delete('a', { signal })).rejects.toMatchObject(gaveUp);
  await expect(book.cas('a', undefined, 1, { signal })).rejects.toMatchObject(gaveUp);
  await expect(book.get('a', { fresh: true, signal })).rejects.toMatchObject(gaveUp);
  await expect(book.entries({ fresh: true, signal })).rejects.toMatchObject(gaveUp);
  expect(await book.entries({ fresh: true })).toEqual([]);
  expect(await book.watch('a', { signal }).next()).toEqual({ done: true, value: undefined });

  await using work = await queue<string>(one, 'work');
  await expect(work.push('item', { signal })).rejects.toMatchObject(gaveUp);
  await expect(work.take({ timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });

  const count = { initial: 0, reduce: (state: number, by: number) => state + by };
  await using counter = await replicated(one, 'counter', count);
  await expect(counter.dispatch(1, { signal })).rejects.toMatchObject(gaveUp);
  expect(await counter.dispatch(1)).toBe(1);

  const steps = { prepare: () => {}, commit: () => {}, abort: () => {} };
  await using config = await rollout<string>(one, 'config', steps);
  await expect(config.propose('v1', { signal })).rejects.toMatchObject(gaveUp);
  expect(config.value).toBeUndefined();

  await using room = await presence<string>(one, 'room');
  await expect(room.enter('me', { signal })).rejects.toMatchObject(gaveUp);
  await (await room.enter('me')).leave();

  const restart = (): void => {};
  await using fleet = await rollingRestart(one, 'fleet', { minimum: 0, restart });
  await expect(fleet.run({ signal })).rejects.toMatchObject(gaveUp);
});

it('waits for a membership no longer than it is told to', async () => {
  const apart = await startDomain({ daemons: 1 });
  const book = await map<number>({ endpoint: apart.endpoint('n1') }, 'book');
  await apart.killDaemon('n1');
  // Until it has noticed the loss, what becomes of a call is unknown.
  let code: unknown = 'CONNECTION_LOST';
  while (code === 'CONNECTION_LOST') {
    code = await book.set('a', 1, { timeout: 1 }).catch((error: { code: unknown }) => error.code);
  }
  expect(code).toBe('TIMEOUT');
  await book[Symbol.asyncDispose]();
  await apart.stop();
});
