import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { workshopFixture } from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';

const test = plain.extend(workshopFixture);
const program = new URL('../dist/rollout.js', import.meta.url);

test('M19 M20: what one member vetoes is applied by nobody, what all approve by all', async ({
  workshop,
}) => {
  const rollout = workshop.example(program, []);
  const ending = await rollout.ended;
  expect(rollout.output).toContain('version 1 is in force');
  expect(rollout.output).toContain(
    'version 2 is rejected by n1/w3 (this host can take 100 connections)',
  );
  expect(rollout.output).toContain('version 3 is in force');
  expect(rollout.output).toContain('Every member went through the same.');
  expect(ending.status).toBe(0);
  expect(rollout.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('a member dies in phase 1: its default vote rejects, and the survivors try again', async ({
  workshop,
}) => {
  const rollout = workshop.example(program, ['--kill', '1@prepare-1']);
  const ending = await rollout.ended;
  expect(rollout.output).toContain('killing worker 1 with SIGKILL at prepare-1');
  expect(rollout.output).toContain('version 1 is rejected by n1/w1 (provider-failed)');
  expect(rollout.output).toContain('version 1 is in force');
  expect(rollout.output).toMatch(/n1\/w1 applied ; then lost/);
  expect(rollout.output).toContain('Every member went through the same.');
  expect(ending.status).toBe(0);
});

test('the proposer dies in phase 1: the next oldest goes on', async ({ workshop }) => {
  const rollout = workshop.example(program, ['--kill', '0@prepare-2', '--kill', '2@apply-3']);
  const ending = await rollout.ended;
  expect(rollout.output).toContain('n0/w0 proposes version 2');
  expect(rollout.output).toMatch(/n[01]\/w[123] proposes version [23]/);
  expect(rollout.output).toMatch(/n0\/w0 applied version 1 at \d+; then lost/);
  expect(rollout.output).toMatch(/n0\/w2 applied version 1 at \d+; then lost/);
  expect(rollout.output).toContain('Every member went through the same.');
  expect(ending.status).toBe(0);
});

test('a daemon is killed in phase 1, with the leader and the proposer on it', async ({
  workshop,
}) => {
  const rollout = workshop.example(program, [], {
    onMoment: async ({ name, worker }) => {
      if (name === 'prepare-1' && worker === 0) await workshop.killDaemon(0);
    },
  });
  const ending = await rollout.ended;
  expect(rollout.output).toContain('n0/w0 is out: connection-lost');
  expect(rollout.output).toMatch(/n1\/w[13] proposes version 1/);
  expect(rollout.output).toContain('Every member went through the same.');
  expect(ending.status).toBe(0);
  expect(rollout.leftSomethingBehind).toBe(false);
});

test('a member that applies something of its own is found out', async ({ workshop }) => {
  const rollout = workshop.example(program, [], {
    onMoment: ({ name, worker }) => {
      if (name !== 'apply-3' || worker !== 2) return;
      const [scratch = ''] = workshop.scraps;
      const configuration = { version: 2, maxConnections: 500 };
      appendFileSync(
        join(workshop.scratch, scratch, 'w2', 'applied'),
        `${JSON.stringify({ position: 1, configuration })}\n`,
      );
    },
  });
  const ending = await rollout.ended;
  expect(rollout.output).toContain('WRONG: n0/w2 applied version 2, vetoed');
  expect(ending.status).toBe(1);
});

test('a wrong option and a wrong address are one line', async ({ workshop }) => {
  for (const args of [['--nonsense'], ['--kill', 'somebody'], ['--endpoint', 'unix:///nowhere']]) {
    const rollout = workshop.example(program, args);
    expect((await rollout.ended).status).toBe(1);
    expect(rollout.output.split('\n')).toHaveLength(1);
  }
});
