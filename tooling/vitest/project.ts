import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TestProjectConfiguration } from 'vitest/config';

/** Packages are resolved to their sources inside the repository, so that no pure test needs a build. */
const sources = ['group-services-source', 'node', 'import', 'default'];

/** Tests of programs need the build anyhow; what is built is a file for each package and loads at once. */
const built = ['node', 'import', 'default'];

/**
 * `unit` tests live in one process and burn processor time; `system` tests start real programs and
 * mostly wait for them. `npm test` runs the two side by side, the first with a lower priority.
 */
export type TestGroup = 'unit' | 'system';

/** What to run: one group, or of both what answers soon. */
export type Choice = TestGroup | 'quick';

/** Every workspace folder below these, and `bench` itself, is one vitest project. */
const parents: ReadonlyArray<{ readonly folder: string; readonly group: TestGroup }> = [
  { folder: 'packages', group: 'unit' },
  { folder: 'tooling', group: 'unit' },
  { folder: 'apps', group: 'system' },
  { folder: 'examples', group: 'system' },
];

/** Tooling that starts the whole local domain counts as a system test, wherever it lives. */
const systemFolders: ReadonlySet<string> = new Set([
  'tooling/local-domain',
  'tooling/testbed',
  'tooling/console-check',
]);

/** Minutes of virtual time, a million events, or whole tools: never part of a quick answer. */
const longTests: Readonly<Record<string, readonly string[]>> = {
  'packages/simulation': [
    'test/{seeds,known-seeds,month}.test.ts',
    'test/mutations/{members,lives,units,scenarios,seeds,library}.test.ts',
    'test/library/*.test.ts',
  ],
  'packages/client': ['test/heap.test.ts'],
  'tooling/tidy': ['test/checks-fire.test.ts'],
};

/** One vitest project for each workspace folder that can hold tests; `only` keeps a part of them. */
export function projects(root: string, only: Choice | undefined): TestProjectConfiguration[] {
  return parents
    .flatMap(({ folder, group }) => subfolders(root, folder).map((path) => ({ path, group })))
    .concat({ path: 'bench', group: 'unit' })
    .filter(({ path }) => canHoldTests(root, path))
    .map(({ path, group }) => ({ path, group: systemFolders.has(path) ? 'system' : group }))
    .filter(({ group }) => only === undefined || only === 'quick' || only === group)
    .map(({ path, group }) => project(root, path, group, only === 'quick'));
}

/** Files that run at a time: programs of so many domains share the machine at once. */
const workers: Readonly<Record<TestGroup, number>> = {
  unit: Math.max(2, availableParallelism()),
  system: Math.max(2, Math.floor(availableParallelism() / 2)),
};

function project(
  root: string,
  path: string,
  group: TestGroup,
  quick: boolean,
): TestProjectConfiguration {
  // Of programs only what stands beside their sources runs without starting them.
  const long = group === 'system' ? ['test/**'] : (longTests[path] ?? []);
  // Only what hangs runs into it: unit tests get the processor time that programs leave.
  const timeout = group === 'system' ? 60_000 : 120_000;
  const conditions = group === 'system' && !quick ? built : sources;
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name: projectName(root, path),
      root: join(root, path),
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      exclude: ['**/node_modules/**', ...(quick ? long : [])],
      environment: 'node',
      // What is built needs no transforming.
      server: { deps: { external: [/\/dist\/[^/]+\.js$/] } },
      testTimeout: timeout,
      hookTimeout: timeout,
      maxWorkers: workers[group],
      isolate: group === 'system' || !keepsNothing(root, path),
      sequence: { groupOrder: group === 'system' ? 1 : 0 },
    },
  };
}

/** Reads once, when it is loaded, whether msgpack may be native; its tests have it both ways. */
const readsAtLoad = 'packages/wire';

/** Each test makes what it needs in memory and ends it; what costs is to load the packages below. */
const inOneProcess: ReadonlySet<string> = new Set([
  'packages/simulation',
  'packages/testing',
  'packages/recipes',
  'packages/runtime',
  'packages/transport',
  'packages/client',
]);

/**
 * Whether the files of a package share a process and what it has loaded. Pure code keeps nothing between
 * calls. Files of programs do not share: loading a CommonJS library for one has failed in the wake of another.
 */
function keepsNothing(root: string, path: string): boolean {
  if (path === readsAtLoad) return false;
  const { tags }: { readonly tags: readonly string[] } = JSON.parse(
    readFileSync(join(root, path, 'turbo.json'), 'utf8'),
  );
  return tags.includes('pure') || inOneProcess.has(path);
}

/** The package name without its scope: `core`, `name-server`, `gsd`, `tidy`. */
function projectName(root: string, path: string): string {
  const manifest: { readonly name: string } = JSON.parse(
    readFileSync(join(root, path, 'package.json'), 'utf8'),
  );
  return manifest.name.replace(/^@group-services\//, '');
}

function subfolders(root: string, folder: string): readonly string[] {
  const parent = join(root, folder);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((name) => `${folder}/${name}`);
}

function canHoldTests(root: string, path: string): boolean {
  return (
    existsSync(join(root, path, 'package.json')) &&
    (existsSync(join(root, path, 'src')) || existsSync(join(root, path, 'test')))
  );
}
