import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProjectConfiguration } from 'vitest/config';

/** Packages are resolved to their sources inside the repository, so that no test needs a build. */
const conditions = ['group-services-source', 'node', 'import', 'default'];

/**
 * `unit` tests live in one process and own both cores; `system` tests start real programs, so their
 * files run one after the other, when no unit test competes with them.
 */
export type TestGroup = 'unit' | 'system';

/** Every workspace folder below these, and `bench` itself, is one vitest project. */
const parents: ReadonlyArray<{ readonly folder: string; readonly group: TestGroup }> = [
  { folder: 'packages', group: 'unit' },
  { folder: 'tooling', group: 'unit' },
  { folder: 'apps', group: 'system' },
  { folder: 'examples', group: 'system' },
];

/** Tooling that starts the whole local domain counts as a system test, wherever it lives. */
const systemFolders: ReadonlySet<string> = new Set(['tooling/local-domain', 'tooling/testbed']);

/** One vitest project for each workspace folder that can hold tests; `only` keeps a single group. */
export function projects(root: string, only: TestGroup | undefined): TestProjectConfiguration[] {
  return parents
    .flatMap(({ folder, group }) => subfolders(root, folder).map((path) => ({ path, group })))
    .concat({ path: 'bench', group: 'unit' })
    .filter(({ path }) => canHoldTests(root, path))
    .map(({ path, group }) => ({ path, group: systemFolders.has(path) ? 'system' : group }))
    .filter(({ group }) => only === undefined || only === group)
    .map(({ path, group }) => project(root, path, group));
}

function project(root: string, path: string, group: TestGroup): TestProjectConfiguration {
  const timeout = group === 'system' ? 60_000 : 10_000;
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name: projectName(root, path),
      root: join(root, path),
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      environment: 'node',
      testTimeout: timeout,
      hookTimeout: timeout,
      ...(group === 'system'
        ? { fileParallelism: false, maxWorkers: 1, sequence: { groupOrder: 1 } }
        : { sequence: { groupOrder: 0 } }),
    },
  };
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
