import { expect } from 'vitest';
import { within } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

test('M14 M21: the leader is killed in the middle of a vote', async ({ startDomain }) => {
  const domain = await startDomain();
  const onLeader = await domain.member('n1', 'handed', {
    silent: true,
    join: { attributes: { defaultVote: 'approve', timeLimit: 0 } },
  });
  let answer: (vote: 'approve') => void = () => {};
  const phases: number[] = [];
  const two = await join(await domain.connect('n2'), 'handed', {
    vote: ({ phase }) => {
      phases.push(phase);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  });
  const three = await join(await domain.connect('n3'), 'handed');
  const changing = three.handle.changeState(bytes('survives'), { phases: 'voting' });
  await onLeader.asked();
  await domain.daemon('n1').program.kill();
  answer('approve');
  const result = await within('the vote goes on', changing);
  expect(result).toMatchObject({
    outcome: 'approved',
    phases: 1,
    causes: [{ code: 'provider-failed', value: 'approve', provider: onLeader.id }],
  });
  expect(phases).toEqual([1]);
  expect((await two.next('state')).position).toBe(result.position);
  await two.listIs([two.handle.id, three.handle.id]);
});

test('M33: others are told of a process that falls silent, and that it is back', async ({
  domain,
}) => {
  const one = await join(await domain.connect('n1'), 'health');
  const sleeper = await domain.member('n2', 'health', {
    responsiveness: { interval: 50, timeout: 300 },
  });
  await one.listIs([one.handle.id, sleeper.id]);
  sleeper.pause();
  const silent = await one.next('announcement');
  expect(silent).toMatchObject({ code: 'unresponsive', providers: [sleeper.id] });
  expect(one.list).toContain(sleeper.id);
  sleeper.resume();
  const back = await one.next('announcement', ({ code }) => code === 'responsive-again');
  expect(back).toMatchObject({ providers: [sleeper.id] });
  expect(back.position).toBeGreaterThan(silent.position);
});

test('M33: others are told of what a process says against itself, and it is not', async ({
  domain,
}) => {
  let isFine = true;
  const services = await domain.connect('n2', {
    responsiveness: { interval: 20, timeout: 10_000, check: () => isFine },
  });
  const sick = await join(services, 'sick');
  const one = await join(await domain.connect('n1'), 'sick');
  // Fine until the other one is there to hear of it: what is said once is not said again.
  isFine = false;
  const told = await one.next('announcement', ({ code }) => code === 'self-reported-error');
  expect(told.providers).toEqual([sick.handle.id]);
  isFine = true;
  await one.next('announcement', ({ code, position }) => {
    return code === 'responsive-again' && position > told.position;
  });
  expect(sick.of('announcement')).toEqual([]);
});
