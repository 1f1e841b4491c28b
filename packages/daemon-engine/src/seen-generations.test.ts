import type { GroupName } from '@group-services/core';
import { expect, test } from 'vitest';
import { SeenGenerations } from './seen-generations.js';

const name = (group: string): GroupName => group as GroupName;
const nothingHeld = (): boolean => false;

test('the highest generation of each group counts', () => {
  const seen = new SeenGenerations();
  seen.note(name('a'), 5);
  seen.note(name('b'), 7);
  seen.note(name('a'), 3);
  expect(seen.list(nothingHeld)).toEqual([
    { group: 'a', generation: 5 },
    { group: 'b', generation: 7 },
  ]);
  expect(seen.list((group) => group === 'b')).toEqual([{ group: 'a', generation: 5 }]);
});

test('what is remembered is bounded: the group heard of longest ago goes first', () => {
  const seen = new SeenGenerations();
  for (let i = 1; i <= 10_000; i += 1) seen.note(name(`g${i}`), i);
  seen.note(name('g1'), 20_000);
  seen.note(name('one more'), 20_001);
  const groups = seen.list(nothingHeld).map(({ group }) => group);
  expect(groups).toHaveLength(10_000);
  expect(groups).not.toContain('g2');
  expect(groups.slice(-2)).toEqual(['g1', 'one more']);
});
