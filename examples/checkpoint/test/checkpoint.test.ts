import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workshopFixture } from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';

const test = plain.extend(workshopFixture);
const program = new URL('../dist/checkpoint.js', import.meta.url);

test('M18 M20 M24: all parts, then one manifest', async ({ workshop }) => {
  const run = workshop.example(program, ['--checkpoints', '3']);
  const ending = await run.ended;
  expect(run.output).toContain('going on from checkpoint 0');
  expect(run.output).toContain('checkpoint 3 is approved');
  expect(run.output).toContain('start 1 ended with checkpoint 3 on disk');
  expect(run.output).toContain('Every checkpoint was complete.');
  expect(ending.status).toBe(0);
  expect(run.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('killed before its part is written, and with all parts written: the old manifest stands', async ({
  workshop,
}) => {
  const kills = ['--kill', '1@write-2', '--kill', '2@written-3'];
  const run = workshop.example(program, ['--checkpoints', '3', ...kills]);
  const ending = await run.ended;
  expect(run.output).toContain('start 1 ended with checkpoint 1 on disk');
  expect(run.output).toContain('going on from checkpoint 1');
  expect(run.output).toContain('start 2 ended with checkpoint 2 on disk');
  expect(run.output).toContain('going on from checkpoint 2');
  expect(run.output).toContain('Every checkpoint was complete.');
  expect(ending.status).toBe(0);
});

test('killed when it is approved, but not on its disk: the others have it', async ({
  workshop,
}) => {
  const kills = ['--kill', '0@agree-2', '--kill', '3@approved-2'];
  const run = workshop.example(program, ['--checkpoints', '3', ...kills]);
  const ending = await run.ended;
  expect(run.output).toContain('killing worker 0 with SIGKILL at agree-2');
  expect(run.output).toContain('start 1 ended with checkpoint 1 on disk');
  expect(run.output).toContain('killing worker 3 with SIGKILL at approved-2');
  expect(run.output).toContain('start 2 ended with checkpoint 2 on disk');
  expect(run.output).toContain('Every checkpoint was complete.');
  expect(ending.status).toBe(0);
});

test('a daemon is killed while parts are written', async ({ workshop }) => {
  const run = workshop.example(program, ['--checkpoints', '3'], {
    onMoment: async ({ name, worker }) => {
      if (name === 'write-2' && worker === 0) await workshop.killDaemon(0);
    },
  });
  const ending = await run.ended;
  expect(run.output).toContain('going on from checkpoint 1');
  expect(run.output).toContain('checkpoint 3 is approved');
  expect(run.output).toContain('Every checkpoint was complete.');
  expect(ending.status).toBe(0);
});

test('everything is killed at once; the next run goes on from the last manifest', async ({
  workshop,
}) => {
  const options = ['--folder', workshop.folder('checkpoints')];
  const first = workshop.example(program, options, {
    onMoment: async ({ name }) => {
      if (name === 'written-3') await first.destroy();
    },
  });
  expect((await first.ended).signal).toBe('SIGKILL');
  const second = workshop.example(program, options);
  const ending = await second.ended;
  expect(second.output).toContain('going on from checkpoint 2');
  expect(second.output).toContain('start 1 ended with checkpoint 4 on disk');
  expect(second.output).toContain('Every checkpoint was complete.');
  expect(ending.status).toBe(0);
});

test('a part that is not what was written is found out', async ({ workshop }) => {
  const folder = workshop.folder('checkpoints');
  const run = workshop.example(program, ['--checkpoints', '2', '--folder', folder], {
    onMoment: ({ name, worker }) => {
      if (name === 'approved-2' && worker === 1) spoil(folder);
    },
  });
  const ending = await run.ended;
  expect(run.output).toMatch(/WRONG: checkpoint 2: process-0\/part-2-\w+ has another digest/);
  expect(ending.status).toBe(1);
});

/** Changes the newest part of the first process. */
function spoil(folder: string): void {
  const mine = join(folder, 'process-0');
  const part = readdirSync(mine).find((name) => /^part-2-\w+$/.test(name)) ?? '';
  expect(readFileSync(join(mine, part), 'utf8')).toContain('"owner":0');
  appendFileSync(join(mine, part), ' ');
}
