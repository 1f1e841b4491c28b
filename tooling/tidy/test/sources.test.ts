import { expect, test } from 'vitest';
import { impurities } from '../src/impurity.js';
import { isTest, readText, sourceFiles, workspaces } from '../src/repository.js';

const all = workspaces();
const files = all.flatMap(({ path }) =>
  ['src', 'test'].flatMap((dir) => sourceFiles(`${path}/${dir}`)),
);

/** What is the case, or what somebody does: `isIdle`, `hasRoom`, `wantsToJoin`. */
const ASSERTION = /^#?(is|has|may|can|was|[a-z]+s)(?=[A-Z]|$)/;

test('a getter of an engine that says yes or no is named as a statement', () => {
  const named = engines().flatMap((file) => {
    const getters = [...readText(file).matchAll(/^ +get (#?\w+)\(\): boolean/gm)];
    return getters.flatMap(([, name = '']) => (ASSERTION.test(name) ? [] : [`${file}: ${name}`]));
  });
  expect(named).toEqual([]);
});

test('a loop gives what it looks at a name', () => {
  const loop = /for \(const (it|\[\w+, it\]) of /;
  const own = files.filter((file) => !file.startsWith('tooling/tidy/'));
  expect(linesWith(own, loop)).toEqual([]);
});

test('a note for later names its issue', () => {
  const note = /\b(TODO|FIXME)\b(?!\(#\d+\))/;
  // This file and its neighbours have to write the words down to find them.
  const others = files.filter((file) => !file.startsWith('tooling/tidy/'));
  expect(linesWith(others, note)).toEqual([]);
});

test('no line is drawn across a file: what needs one to be found is a file of its own', () => {
  const banner = /^\s*\/\/\s*[-=*#]{3,}/;
  // The contract is a copy, word for word.
  const own = files.filter((file) => !file.startsWith('packages/client/test/contract/'));
  expect(linesWith(own, banner)).toEqual([]);
});

test('no test is left out or runs alone', () => {
  const left = /\b(describe|it|test|suite)(\.\w+)*\.(only|skip|todo)\b/;
  expect(linesWith(files.filter(isTest), left)).toEqual([]);
});

test('the lockfile names no registry, so that any mirror can serve it', () => {
  expect(readText('pnpm-lock.yaml')).not.toMatch(/https?:\/\//);
});

test('pure packages reach no clock, randomness, timer, process or promise', () => {
  const found = all
    .filter(({ tags }) => tags.includes('pure'))
    .flatMap(({ path }) => sourceFiles(`${path}/src`))
    .filter((file) => !isTest(file))
    .flatMap((file) => impurities(readText(file)).map((impurity) => `${file}:${impurity}`));
  expect(found).toEqual([]);
});

/** Sources of the pure packages, and of the simulation that plays them. */
function engines(): readonly string[] {
  return all
    .filter(({ path, tags }) => tags.includes('pure') || path === 'packages/simulation')
    .flatMap(({ path }) => sourceFiles(`${path}/src`))
    .filter((file) => !isTest(file));
}

function linesWith(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((file) =>
    readText(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}
