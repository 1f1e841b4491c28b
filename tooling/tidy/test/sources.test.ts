import { describe, expect, test } from 'vitest';
import { impurities } from '../src/impurity.js';
import { isTest, readText, sourceFiles, workspaces } from '../src/repository.js';
import { LINES, linesWith, vagueGetters } from '../src/text-rules.js';

const all = workspaces();
const files = all.flatMap(({ path }) =>
  ['src', 'test'].flatMap((dir) => sourceFiles(`${path}/${dir}`)),
);
/** This file and its neighbours have to write down what they look for. */
const others = files.filter((file) => !file.startsWith('tooling/tidy/'));

test('a getter of an engine that says yes or no is named as a statement', () => {
  const named = engines().flatMap((file) =>
    vagueGetters(readText(file)).map((name) => `${file}: ${name}`),
  );
  expect(named).toEqual([]);
});

test('a loop gives what it looks at a name', () => {
  expect(places(others, LINES.namelessLoop)).toEqual([]);
});

test('a note for later names its issue', () => {
  expect(places(others, LINES.looseNote)).toEqual([]);
});

test('no line is drawn across a file: what needs one to be found is a file of its own', () => {
  // The contract is a copy, word for word.
  const own = others.filter((file) => !file.startsWith('packages/client/test/contract/'));
  expect(places(own, LINES.banner)).toEqual([]);
});

test('no test is left out or runs alone', () => {
  expect(places(others.filter(isTest), LINES.leftOutTest)).toEqual([]);
});

test('the lockfile names no registry, so that any mirror can serve it', () => {
  expect(linesWith(readText('pnpm-lock.yaml'), LINES.registry)).toEqual([]);
});

test('pure packages reach no clock, randomness, timer, process or promise', () => {
  const found = all
    .filter(({ tags }) => tags.includes('pure'))
    .flatMap(({ path }) => sourceFiles(`${path}/src`))
    .filter((file) => !isTest(file))
    .flatMap((file) => impurities(readText(file)).map((impurity) => `${file}:${impurity}`));
  expect(found).toEqual([]);
});

describe('a planted mistake is found, and what is right beside it is not', () => {
  test('a getter that says yes or no without a statement', () => {
    const text = `class Member {
  get idle(): boolean {}
  get #room(): boolean {}
  get isIdle(): boolean {}
  get #hasRoom(): boolean {}
  get wantsToJoin(): boolean {}
  get size(): number {}
}`;
    expect(vagueGetters(text)).toEqual(['idle', '#room']);
  });

  test.each<readonly [keyof typeof LINES, readonly string[], readonly string[]]>([
    [
      'namelessLoop',
      ['for (const it of members) {', '  for (const [name, it] of byName) {'],
      ['for (const item of members) {', 'for (const [name, member] of byName) {'],
    ],
    ['looseNote', ['// TODO: later', '/* FIXME */'], ['// TODO(#12): later', 'const TODOS = 1;']],
    ['banner', ['// -----', '  //=== ports ==='], ['// - one of a list', 'a --- b']],
    [
      'leftOutTest',
      ["test.only('x', run)", "describe.skip('x', run)", "test.concurrent.only('x', run)"],
      ["test('only', run)", "test.skipIf(no)('x', run)", 'context.skip(why)'],
    ],
    ['registry', ['  tarball: https://mirror.example/a.tgz'], ['  integrity: sha512-aaa']],
  ])('%s', (rule, wrong, right) => {
    const found = linesWith([...wrong, ...right].join('\n'), LINES[rule]);
    expect(found).toEqual(wrong.map((_, index) => index + 1));
  });
});

/** Sources of the pure packages, and of the simulation that plays them. */
function engines(): readonly string[] {
  return all
    .filter(({ path, tags }) => tags.includes('pure') || path === 'packages/simulation')
    .flatMap(({ path }) => sourceFiles(`${path}/src`))
    .filter((file) => !isTest(file));
}

function places(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((file) => linesWith(readText(file), pattern).map((no) => `${file}:${no}`));
}
