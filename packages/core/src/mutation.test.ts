import { afterEach, expect, test } from 'vitest';
import { mutated } from './index.js';
import { MUTATIONS, type MutationName, mutate } from './mutation.js';

// The keys of an object literal are its type's keys.
const names = Object.keys(MUTATIONS) as MutationName[];

afterEach(() => mutate(undefined));

test('no defect is on unless it was switched on', () => {
  expect(names.filter(mutated)).toEqual([]);
});

test('exactly one defect is on at a time, and none after it was switched off', () => {
  for (const name of names) {
    mutate(name);
    expect(names.filter(mutated)).toEqual([name]);
  }
  mutate(undefined);
  expect(names.filter(mutated)).toEqual([]);
});
