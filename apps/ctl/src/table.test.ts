import { expect, it } from 'vitest';
import { facts, section, table } from './table.js';

it('aligns columns by spaces and leaves none at the end', () => {
  const text = table(
    ['name', 'size'],
    [
      ['a', 1],
      ['longer', undefined],
      ['', 10],
    ],
  );
  expect(text.split('\n')).toEqual(['NAME    SIZE', 'a       1', 'longer  -', '-       10']);
});

it('keeps every row on one line', () => {
  expect(table(['name'], [['a\nb'], ['\u001b[2J']])).toBe('NAME\na\\nb\n\\u001b[2J');
});

it('shows facts without a head', () => {
  expect(
    facts([
      ['node', 'n1'],
      ['peers', 0],
    ]),
  ).toBe('node   n1\npeers  0');
});

it('says when a section is empty', () => {
  expect(section('groups', ['group'], [])).toBe('groups: none');
  expect(section('groups', ['group'], [['a']])).toBe('groups:\n  GROUP\n  a');
});

it('fits 100 columns, and loses nothing of a long name', () => {
  const name = 'x'.repeat(255);
  const text = section(
    'groups',
    ['group', 'leader'],
    [
      [name, 'n1'],
      ['short', 'n2'],
    ],
  );
  const lines = text.split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.join('').replace(/[^x]/gu, '')).toBe(name);
  expect(text).toMatch(/^ {2}x+ {2}n1$/mu);
  const pairs = facts([['stream', 'delivered up to 7, '.repeat(12)]]);
  for (const line of pairs.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
