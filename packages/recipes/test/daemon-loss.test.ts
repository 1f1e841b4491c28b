import { GroupServicesError } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { barrier, countdown, queue, rollingRestart, rollout, scatter } from '../src/index.js';

// A recipe with a connection of its own comes back when its daemon was killed and has started again.

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

/** Again, as long as the answer is that a membership was lost on the way. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof GroupServicesError)) throw error;
      if (error.code !== 'CONNECTION_LOST' && error.code !== 'REMOVED') throw error;
    }
  }
}

it('goes on with every recipe that keeps a membership', { timeout: 30_000 }, async () => {
  const one = await domain.connect('n1');
  const where = { endpoint: domain.endpoint('n2') };
  const taken: string[] = [];
  const steps = (who: string) => ({
    prepare: () => {},
    commit: (value: string) => void taken.push(`${who} ${value}`),
    abort: () => {},
  });
  const restarted: string[] = [];
  const restart = (who: string) => () => void restarted.push(who);

  await using mine = await barrier(one, 'loss', { parties: 2 });
  await using theirs = await barrier(where, 'loss', { parties: 2 });
  await using asker = await scatter<number, number>(one, 'loss');
  await using worker = await scatter<number, number>(where, 'loss');
  worker.answer((question) => question + 1);
  await using config = await rollout<string>(one, 'loss', steps('one'));
  await using _config = await rollout<string>(where, 'loss', steps('two'));
  await using work = await queue<string>(where, 'loss');
  await using fleet = await rollingRestart(one, 'loss', { minimum: 1, restart: restart('one') });
  await using _fleet = await rollingRestart(where, 'loss', { minimum: 1, restart: restart('two') });
  await using over = await countdown(where, 'loss');
  await using _watched = await queue<string>(one, 'loss');
  await over.wait();
  const before = worker.id;
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', onWarning);

  await domain.killDaemon('n2');
  await domain.restartDaemon('n2');

  // Those that are asked for again wait until they are members again.
  let met = false;
  const coming = insist(() => theirs.meet()).then(() => {
    met = true;
  });
  // The first meeting may be over before the other one is a member again.
  while (!met) await Promise.race([coming, mine.meet({ timeout: 500 }).catch(() => {})]);
  await insist(() => work.push('item'));
  expect((await insist(() => work.take())).item).toBe('item');
  while (asker.members.length < 2 || worker.id === before) await one.groups();
  expect(await asker.ask(worker.id, 1)).toBe(2);
  while (!taken.includes('two v1')) await config.propose('v1');
  while (!restarted.includes('two')) await fleet.run();
  expect(over.isOver).toBe(true);
  // Whoever uses a recipe has given no vote, and is told of none that came too late.
  process.off('warning', onWarning);
  expect(warnings.filter((text) => text.includes('votes count no more'))).toEqual([]);
});
