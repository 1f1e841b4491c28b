import { expect, test } from 'vitest';
import { assign } from './assign.js';

test('the first member gets everything, later ones their share of it', () => {
  expect(assign(4, ['a'], [])).toEqual(['a', 'a', 'a', 'a']);
  expect(assign(4, ['a', 'b'], ['a', 'a', 'a', 'a'])).toEqual(['a', 'a', 'b', 'b']);
  expect(assign(4, ['a', 'b', 'c'], ['a', 'a', 'b', 'b'])).toEqual(['a', 'a', 'b', 'c']);
  expect(assign(5, ['a', 'b', 'c'], ['a', 'a', 'a', 'b', 'b'])).toEqual(['a', 'a', 'c', 'b', 'b']);
});

test('what the departed had is spread, and nothing else moves', () => {
  expect(assign(6, ['b', 'c'], ['a', 'b', 'c', 'a', 'b', 'c'])).toEqual([
    ...['b', 'b', 'c'],
    ...['c', 'b', 'c'],
  ]);
});

test('nobody has two more than another, whatever was before', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (let partitions = 1; partitions < 12; partitions += 1) {
    let owners: string[] = [];
    for (const members of [1, 4, 2, 5, 3, 1].map((count) => names.slice(-count))) {
      owners = assign(partitions, members, owners);
      const counts = members.map((member) => owners.filter((owner) => owner === member).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2);
      expect(counts.reduce((sum, count) => sum + count)).toBe(partitions);
    }
  }
});
