import { expect, it } from 'vitest';

import { Descriptors } from './descriptors.js';

function counted(limit: number | undefined, used: () => number | undefined) {
  let now = 0;
  let counts = 0;
  const port = {
    limit: () => limit,
    used: () => {
      counts += 1;
      return used();
    },
  };
  const descriptors = new Descriptors(port, () => now);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { descriptors, pass, counts: () => counts };
}

it('whoever says nothing gets a part of what is kept', () => {
  expect(counted(34, () => 20).descriptors.partOfKept(4)).toBe(2);
  expect(counted(1_024, () => 20).descriptors.partOfKept(4)).toBe(64);
  expect(counted(undefined, () => undefined).descriptors.partOfKept(4)).toBe(Infinity);
});

it('keeps a quarter, and eight at least', () => {
  const small = counted(34, () => 20).descriptors;
  let taken = 0;
  while (small.take() === undefined) taken += 1;
  expect(taken).toBe(34 - 8 - 20);
  expect(small.take()).toEqual({ used: 26, limit: 34, kept: 8 });
  expect(counted(1000, () => 750).descriptors.take()).toEqual({
    used: 750,
    limit: 1000,
    kept: 250,
  });
});

it('counts anew from time to time, and what it takes in between', () => {
  let used = 10;
  const { descriptors, pass, counts } = counted(32, () => used);
  for (let one = 0; one < 14; one += 1) expect(descriptors.take()).toBeUndefined();
  expect(descriptors.take()).toBeDefined();
  expect(counts()).toBe(1);
  used = 12;
  pass(300);
  expect(descriptors.take()).toBeUndefined();
  expect(counts()).toBe(2);
});

it('is full when there is not even one to count with', () => {
  let used: number | undefined = 10;
  const { descriptors, pass } = counted(32, () => used);
  expect(descriptors.take()).toBeUndefined();
  used = undefined;
  pass(300);
  expect(descriptors.take()).toEqual({ used: 32, limit: 32, kept: 8 });
});

it('turns nobody away where the system says nothing', () => {
  const { descriptors } = counted(undefined, () => undefined);
  for (let one = 0; one < 10_000; one += 1) expect(descriptors.take()).toBeUndefined();
});
