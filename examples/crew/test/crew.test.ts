import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as plain } from 'vitest';
import { Workshop } from './processes.js';

const FILES = 60;
/** Long enough between two files for a kill to come in the middle. */
const calm = ['--workers', '4', '--pause', '25'];

const test = plain.extend<{ readonly workshop: Workshop }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
  workshop: async ({}, use) => {
    const workshop = await Workshop.open();
    try {
      await use(workshop);
    } finally {
      await workshop.close();
    }
  },
});

/** Calls back once, when so much of the work is done. */
function whenDone(share: number, act: () => void): (message: unknown) => void {
  let acted = false;
  return (message) => {
    if (acted || (message as { readonly share: number }).share < share) return;
    acted = true;
    act();
  };
}

test('M5 M25 M24: the crew comes to the result of a single process', async ({ workshop }) => {
  const crew = workshop.crew([workshop.tree(FILES), '--workers', '4']);
  const ending = await crew.ended;
  expect(crew.output).toContain('The results are equal.');
  expect(ending.status).toBe(0);
  expect(crew.output).toContain(`4 workers hash ${FILES} files`);
  expect(crew.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('M7 M8 M32: a worker and the leading daemon are killed in the middle', async ({
  workshop,
}) => {
  const kill = whenDone(0.5, () => workshop.killDaemon(0));
  const crew = workshop.crew([workshop.tree(FILES), ...calm, '--kill-worker', '25'], kill);
  const ending = await crew.ended;
  expect(crew.output).toMatch(/killing worker n[01]\//);
  expect(crew.output).toMatch(/gone: n[01]\//);
  expect(crew.output).toContain('The results are equal.');
  expect(ending.status).toBe(0);
  expect(crew.leftSomethingBehind).toBe(false);
});

test('a wrong result is not called right', async ({ workshop }) => {
  const root = workshop.tree(FILES);
  // The oldest member begins with the first file, long before half of the work is done.
  const change = whenDone(0.5, () => writeFileSync(join(root, '000.txt'), 'something else'));
  const crew = workshop.crew([root, ...calm], change);
  const ending = await crew.ended;
  expect(crew.output).toContain('THE RESULTS DIFFER.');
  expect(ending.status).toBe(1);
});

test('an empty tree has a result, too', async ({ workshop }) => {
  const crew = workshop.crew([workshop.tree(0), '--workers', '2']);
  const ending = await crew.ended;
  expect(crew.output).toContain('The results are equal.');
  expect(ending.status).toBe(0);
});

test('stopped in the middle it leaves no worker behind', async ({ workshop }) => {
  const crew = workshop.crew([workshop.tree(FILES), ...calm], (message) => {
    whenDone(0.2, () => crew.signal('SIGTERM'))(message);
  });
  const ending = await crew.ended;
  expect(ending.status).toBe(1);
  expect(crew.output).toContain('stopped by SIGTERM');
  expect(crew.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('without a daemon it says so', async ({ workshop }) => {
  const nowhere = join(workshop.tree(1), 'nobody.sock');
  const crew = workshop.crew(['.', '--endpoint', `unix://${nowhere}`]);
  const ending = await crew.ended;
  expect(ending.status).toBe(1);
  expect(crew.output).toContain(nowhere);
  expect(crew.output.split('\n')).toHaveLength(1);
});
