import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes } from './harness/watched.js';

/** What the flooding process may have pending, and more than what is on its way at any time. */
const PENDING_MAX = 10_000;

test('B4: a process that floods the daemon does not starve another one', async ({
  startDomain,
}) => {
  const domain = await startDomain({ nodes: ['n1', 'n2'] });
  const services = await domain.connect('n2');
  const quiet = await services.join('busy', { instance: 'quiet' });
  const other = await services.join('calm', { instance: 'quiet' });
  let flooded = 0;
  let between = 0;
  const gaps: number[] = [];
  quiet.on('message', ({ from }) => {
    if (from === quiet.id) {
      gaps.push(between);
      between = 0;
    } else {
      flooded += 1;
      between += 1;
    }
  });
  await domain.member('n2', 'busy', { program: 'flood.mjs' });
  await eventually('the flood has come', () => flooded > PENDING_MAX);
  for (let round = 0; round < 20; round += 1) {
    await quiet.send(bytes('now and then'));
    await other.send(bytes('another group of the same daemon'));
  }
  // The first one counts what came before it was proposed.
  expect(gaps).toHaveLength(20);
  expect(Math.max(...gaps.slice(1))).toBeLessThan(PENDING_MAX);
});

test('B4: nor does one that floods it with what is to be voted on', async ({ startDomain }) => {
  const domain = await startDomain({ nodes: ['n1', 'n2'] });
  const services = await domain.connect('n2');
  const quiet = await services.join('votes', { instance: 'quiet' });
  let meetings = 0;
  const between: number[] = [];
  quiet.on('barrier', () => {
    meetings += 1;
  });
  await domain.member('n2', 'votes', { program: 'flood.mjs', phases: 'voting' });
  await eventually('the flood has come', () => meetings > 10);
  for (let round = 0; round < 20; round += 1) {
    const before = meetings;
    await quiet.send(bytes('now and then'));
    between.push(meetings - before);
  }
  // Two wait at the leader and one is being voted on, out of thousands; some more while it is on its way.
  expect(Math.max(...between)).toBeLessThan(50);
});
