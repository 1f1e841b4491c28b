import { expect } from 'vitest';
import { compiledConsumer, nodeOfVersion } from './harness/packed-client.js';
import { test as plain } from './harness/test.js';
import { Workbench } from './harness/workbench.js';

/** The packed SDK in a project of its own, compiled once for all tests of this file. */
const test = plain.extend<{ readonly consumer: string }>({
  consumer: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      const bench = await Workbench.create();
      try {
        await use(await compiledConsumer(bench.folder));
      } finally {
        await bench.destroy();
      }
    },
    { scope: 'file' },
  ],
});

/** Packing, compiling and, the first time, fetching another Node take a while on a busy machine. */
const LIMIT_MS = 240_000;

const current = Number(process.versions.node.split('.')[0]);

test.for([20, 22, 24])(
  'the packed SDK compiles strictly and runs outside the repository, with Node %i',
  { timeout: LIMIT_MS },
  async (major, { consumer, domain, bench, skip }) => {
    const node = major === current ? process.execPath : await nodeOfVersion(major);
    if (node === undefined) return skip(`Node ${major} cannot be had here`);
    const args = [domain.daemon('n1').endpoint, `rollout-${major}`];
    const program = bench.run({ label: `consumer@${major}`, file: consumer, args, node });
    expect(await program.ended).toEqual({ status: 0, signal: null });
    const [line] = program.output;
    expect(JSON.parse(line ?? '')).toEqual({
      node: expect.stringMatching(new RegExp(`^${major}\\.`)),
      outcome: 'approved',
      phases: 2,
      colour: 'blue',
      hints: ['hint'],
      colours: ['red', 'blue'],
      code: 'STATE_CHANGED',
    });
  },
);
