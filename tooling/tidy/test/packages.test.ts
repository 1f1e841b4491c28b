import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson, readText, root, type Workspace, workspaces } from '../src/repository.js';

const all = workspaces();
const tagsOfFolder: Readonly<Record<string, readonly string[]>> = {
  packages: ['pure', 'io', 'test'],
  // A page that plays the simulation is no program of a domain.
  apps: ['app', 'tool', 'page'],
  examples: ['app', 'io'],
  tooling: ['tool', 'config'],
  bench: ['tool', 'test', 'app'],
};

const pure = all.filter(({ tags }) => tags.includes('pure'));
const published = all.filter(({ manifest }) => !manifest.private && manifest.exports !== undefined);

test('every package has a licence, a description and ES modules', () => {
  const wrong = all.filter(
    ({ manifest }) =>
      manifest.license !== 'Apache-2.0' || !manifest.description || manifest.type !== 'module',
  );
  expect(paths(wrong)).toEqual([]);
});

test('every package has one turbo tag, and it fits the folder', () => {
  const wrong = all.filter(({ path, tags }) => {
    const fitting = tagsOfFolder[path.split('/')[0] ?? ''] ?? [];
    return tags.length !== 1 || !tags.every((tag) => fitting.includes(tag));
  });
  expect(paths(wrong)).toEqual([]);
});

test('every package that people use or read has a README', () => {
  const wrong = all.filter(
    ({ path }) => !path.startsWith('tooling/') && !existsSync(join(root, path, 'README.md')),
  );
  expect(paths(wrong)).toEqual([]);
});

test('every importable published package has a test that shows each change of its surface', () => {
  const wrong = published.filter(
    ({ path }) =>
      !['src', 'test']
        .map((folder) => join(path, folder, 'index.test.ts'))
        .some((file) => existsSync(join(root, file)) && /Snapshot\(/.test(readText(file))),
  );
  expect(paths(wrong)).toEqual([]);
});

test('every pure package is compiled without Node', () => {
  const wrong = pure.filter(
    ({ path }) =>
      readJson<{ readonly extends: string }>(join(path, 'tsconfig.json')).extends !==
      '@group-services/tsconfig/pure.json',
  );
  expect(paths(wrong)).toEqual([]);
});

test('pure settings bring neither Node nor a browser', () => {
  const { compilerOptions } = readJson<{ readonly compilerOptions: unknown }>(
    'tooling/tsconfig/pure.json',
  );
  expect(compilerOptions).toEqual({ lib: ['ES2023'], types: [] });
});

test('all pure sources are compiled together, without their tests, which bring Node', () => {
  const { include, exclude } = readJson<{
    readonly include: readonly string[];
    readonly exclude: readonly string[];
  }>('tooling/tsconfig/pure-sources.json');
  expect([...include].sort()).toEqual(pure.map(({ path }) => `../../${path}/src`).sort());
  expect(exclude).toEqual(['../../packages/*/src/**/*.test.ts']);
});

test('the pure rules name exactly the packages tagged pure', () => {
  const sources = pure.map(({ path }) => `${path}/src/**`);
  expect([...pureOverride()].sort()).toEqual([...sources, '!**/*.test.ts'].sort());
});

test('versions are independent and applications are versioned too', () => {
  expect(readJson('.changeset/config.json')).toMatchObject({
    fixed: [],
    linked: [],
    privatePackages: { version: true, tag: true },
  });
});

function paths(wrong: readonly Workspace[]): readonly string[] {
  return wrong.map(({ path }) => path);
}

interface Override {
  readonly includes: readonly string[];
  readonly plugins?: readonly string[];
}

function pureOverride(): readonly string[] {
  const { overrides } = readJson<{ readonly overrides: readonly Override[] }>('biome.json');
  return overrides.find(({ plugins }) => plugins !== undefined)?.includes ?? [];
}
