import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GroupServices } from '@group-services/client';
import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { Packages } from './harness/packages.js';
import { type CompiledPrograms, compiledConsumer, nodeOfVersion } from './harness/packed-client.js';
import type { Program } from './harness/program.js';
import { test as plain } from './harness/test.js';
import { subscribe } from './harness/watched.js';
import { Workbench } from './harness/workbench.js';

/** All packed packages, and the SDK in a project of its own, compiled once for all tests of this file. */
const test = plain.extend<{
  readonly packed: { readonly folder: string; readonly packages: Packages };
  readonly compiled: CompiledPrograms;
}>({
  packed: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      const bench = await Workbench.create();
      try {
        const { folder } = bench;
        await use({ folder, packages: await Packages.pack(folder) });
      } finally {
        await bench.destroy();
      }
    },
    { scope: 'file' },
  ],
  compiled: [
    async ({ packed: { folder, packages } }, use) => {
      await use(await compiledConsumer(folder, packages));
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
  'examples/nodes': async (program) => {
    await eventually('it has asked', () =>
      program.output.some((line) => line.startsWith('oldest daemon:')),
    );
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

const execute = promisify(execFile);

test('the packed programs install by plain npm into an empty folder and run a domain', {
  timeout: LIMIT_MS,
}, async ({ packed: { packages }, bench }) => {
  const folder = bench.path('programs');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const apps = ['apps/daemon', 'apps/name-server', 'apps/ctl', 'packages/client'];
  const said = await packages.install(folder, apps);
  // Nobody should have to allow a script, or look for what is missing.
  expect(said).not.toMatch(/install-scripts|ERESOLVE|deprecated/u);
  const bin = (name: string): string => join(folder, 'node_modules/.bin', name);
  const free = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
  const nameServer = bench.run({ label: 'gsns', file: bin('gsns'), args: free });
  const { listen } = await nameServer.ready();
  const endpoint = `unix://${bench.path('gsd.sock')}`;
  const where = ['--name-server', String(listen), '--node', 'packed', '--client', endpoint];
  const daemon = bench.run({ label: 'gsd', file: bin('gsd'), args: [...where, ...free] });
  await daemon.ready();
  const script = `
    import { connect } from '@group-services/client';
    const services = await connect({ endpoint: process.argv[2] });
    const provider = await services.join('packed');
    console.log(provider.id.split('/')[0]);
    await services.close();`;
  await writeFile(join(folder, 'member.mjs'), script);
  const member = bench.run({ label: 'member', file: join(folder, 'member.mjs'), args: [endpoint] });
  await member.ended;
  expect(member.output).toEqual(['packed']);
  const gsctl = [bin('gsctl'), 'status', '--json', '--endpoint', endpoint];
  const { stdout } = await execute(process.execPath, gsctl);
  expect(JSON.parse(stdout)).toMatchObject({ node: 'packed', nameServer: { connected: true } });
});

test('plain npm refuses to pack what could not be installed', async () => {
  const folder = new URL('../../../packages/client/', import.meta.url);
  const packing = execute('npm', ['pack', '--dry-run'], { cwd: folder });
  await expect(packing).rejects.toThrow('npm run pack');
  const manifest = JSON.parse(await readFile(new URL('package.json', folder), 'utf8')) as object;
  expect(manifest).toMatchObject({ main: './dist/index.js', types: './dist/index.d.ts' });
});
