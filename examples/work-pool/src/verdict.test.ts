import { expect, test } from 'vitest';
import type { LogRecord } from './partition-log.js';
import { problemsOf } from './verdict.js';

const nobody = { items: 2, lost: new Set<string>() };

function start(owner: string, fence: string): LogRecord {
  return { kind: 'start', owner, fence };
}

function end(owner: string, fence: string): LogRecord {
  return { kind: 'end', owner, fence };
}

function done(owner: string, fence: string, item: number): LogRecord {
  return { kind: 'done', owner, fence, item };
}

test('one tenure after the other is right', () => {
  const first = [start('a', '1'), done('a', '1', 0), end('a', '1')];
  const second = [start('b', '2'), done('b', '2', 1), end('b', '2')];
  expect(problemsOf([...first, ...second], nobody)).toEqual([]);
  expect(problemsOf([...first, start('a', '1'), end('a', '1'), ...second], nobody)).toEqual([]);
});

test('only who is lost may leave a tenure without an end', () => {
  const records = [
    ...[start('a', '1'), done('a', '1', 0)],
    ...[start('b', '2'), done('b', '2', 1), end('b', '2')],
  ];
  expect(problemsOf(records, { ...nobody, lost: new Set(['a']) })).toEqual([]);
  expect(problemsOf(records, nobody)).toEqual(['b started while a was working']);
  const unended = [start('a', '1'), done('a', '1', 0), done('a', '1', 1)];
  expect(problemsOf(unended, nobody)).toEqual(['a did not end']);
});

test('what a replaced owner writes is found', () => {
  const records = [
    ...[start('a', '1'), start('b', '2'), done('a', '1', 0)],
    ...[done('b', '2', 0), done('b', '2', 1), end('b', '2')],
  ];
  expect(problemsOf(records, { ...nobody, lost: new Set(['a']) })).toEqual([
    'done of a outside its tenure',
    'item 0 was done twice',
  ]);
});

test('tokens grow from owner to owner, and nothing is left out', () => {
  const records = [start('a', '2'), end('a', '2'), start('b', '2'), done('b', '2', 1)];
  expect(problemsOf([...records, end('b', '2')], nobody)).toEqual([
    'b started with a token that is not greater than the last',
    'not done: 0',
  ]);
});
