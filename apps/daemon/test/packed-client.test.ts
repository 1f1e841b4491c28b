import type { GroupServices } from '@group-services/client';
import { expect } from 'vitest';
import { type CompiledPrograms, compiledConsumer, nodeOfVersion } from './harness/packed-client.js';
import type { Program } from './harness/program.js';
import { test as plain } from './harness/test.js';
import { subscribe } from './harness/watched.js';
import { Workbench } from './harness/workbench.js';

/** The packed SDK in a project of its own, compiled once for all tests of this file. */
const test = plain.extend<{ readonly compiled: CompiledPrograms }>({
  compiled: [
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
  async (major, { compiled: { consumer }, domain, bench, skip }) => {
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

/** Examples that go on until something happens; all others end by themselves. */
const ENDINGS: Readonly<Record<string, (program: Program, services: GroupServices) => unknown>> = {
  'examples/provider': async (_, services) => {
    const providers = await members(services, 'billing');
    const remover = await services.join('billing');
    await remover.expel(providers);
  },
  'examples/keep-joined': async (program, services) => {
    await members(services, 'billing');
    program.signal('SIGTERM');
  },
};

/** The providers of a group, as soon as there are some. */
async function members(services: GroupServices, group: string): Promise<readonly string[]> {
  const watched = await subscribe(services, group, { persistent: true });
  return (await watched.next('snapshot')).view.providers;
}

test('every example of the documentation runs to its end', { timeout: LIMIT_MS }, async ({
  compiled: { examples },
  domain,
  bench,
}) => {
  expect([...examples.keys()]).toContain('reference/connect');
  for (const [label, file] of examples) {
    const env = { GROUP_SERVICES_ENDPOINT: domain.daemon('n1').endpoint };
    const program = bench.run({ label, file, args: [], env });
    await ENDINGS[label]?.(program, await domain.connect('n2'));
    expect([label, await program.ended]).toEqual([label, { status: 0, signal: null }]);
    expect([label, program.errors]).toEqual([label, []]);
  }
});
