import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Watcher,
  type Workshop,
  workshopFixture,
} from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';

const test = plain.extend(workshopFixture);
const program = new URL('../dist/crew.js', import.meta.url);
const FILES = 60;
/** Long enough between two files for a kill to come in the middle. */
const calm = ['--workers', '4', '--pause', '25'];

/** Makes a tree with so many files and gives its root. */
function tree(workshop: Workshop, files: number): string {
  const root = workshop.folder('tree');
  mkdirSync(join(root, 'deep', 'er'), { recursive: true });
  for (let file = 0; file < files; file += 1) {
    const name = `${String(file).padStart(3, '0')}.txt`;
    writeFileSync(join(root, file % 2 === 0 ? '.' : 'deep/er', name), `file ${file}\n`);
  }
  return root;
}

/** Calls back once, when so much of the work is done. */
function whenDone(share: number, act: () => void): Watcher {
  let acted = false;
  const onMessage = (message: unknown): void => {
    const { share: done = 0 } = message as { readonly share?: number };
    if (acted || done < share) return;
    acted = true;
    act();
  };
  return { onMessage };
}

test('M5 M25 M24: the crew comes to the result of a single process', async ({ workshop }) => {
  const crew = workshop.example(program, [tree(workshop, FILES), '--workers', '4']);
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
  const kill = whenDone(0.5, () => void workshop.killDaemon(0));
  const crew = workshop.example(
    program,
    [tree(workshop, FILES), ...calm, '--kill-worker', '25'],
    kill,
  );
  const ending = await crew.ended;
  expect(crew.output).toMatch(/killing worker n[01]\//);
  expect(crew.output).toMatch(/gone: n[01]\//);
  expect(crew.output).toContain('The results are equal.');
  expect(ending.status).toBe(0);
  expect(crew.leftSomethingBehind).toBe(false);
});

test('a wrong result is not called right', async ({ workshop }) => {
  const root = tree(workshop, FILES);
  // The oldest member begins with the first file, long before half of the work is done.
  const change = whenDone(0.5, () => writeFileSync(join(root, '000.txt'), 'something else'));
  const crew = workshop.example(program, [root, ...calm], change);
  const ending = await crew.ended;
  expect(crew.output).toContain('THE RESULTS DIFFER.');
  expect(ending.status).toBe(1);
});

test('an empty tree has a result, too', async ({ workshop }) => {
  const crew = workshop.example(program, [tree(workshop, 0), '--workers', '2']);
  const ending = await crew.ended;
  expect(crew.output).toContain('The results are equal.');
  expect(ending.status).toBe(0);
});

test('stopped in the middle it leaves no worker behind', async ({ workshop }) => {
  const stop = whenDone(0.2, () => crew.signal('SIGTERM'));
  const crew = workshop.example(program, [tree(workshop, FILES), ...calm], stop);
  const ending = await crew.ended;
  expect(ending.status).toBe(1);
  expect(crew.output).toContain('stopped by SIGTERM');
  expect(crew.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('without a daemon it says so', async ({ workshop }) => {
  const nowhere = join(tree(workshop, 1), 'nobody.sock');
  const crew = workshop.example(program, ['.', '--endpoint', `unix://${nowhere}`]);
  const ending = await crew.ended;
  expect(ending.status).toBe(1);
  expect(crew.output).toContain(nowhere);
  expect(crew.output.split('\n')).toHaveLength(1);
});
