import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from './rng.js';

test('one seed gives one sequence, the same on every machine', () => {
  const rng = new Rng(42);
  const drawn = Array.from({ length: 5 }, () => rng.between(0, 999_999));
  expect(drawn).toEqual([601103, 448290, 852465, 669734, 174813]);
});

test('numbers stay in their range', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: -1000, max: 1000 }),
      fc.nat(1000),
      (seed, from, span) => {
        const rng = new Rng(seed);
        for (let i = 0; i < 20; i += 1) {
          const next = rng.next();
          expect(next >= 0 && next < 1).toBe(true);
          const drawn = rng.between(from, from + span);
          expect(Number.isInteger(drawn) && drawn >= from && drawn <= from + span).toBe(true);
        }
      },
    ),
  );
});

test('both ends of a range are drawn, and every element of a list', () => {
  const rng = new Rng(1);
  const drawn = new Set(Array.from({ length: 100 }, () => rng.between(1, 3)));
  expect([...drawn].sort()).toEqual([1, 2, 3]);
  const picked = new Set(Array.from({ length: 100 }, () => rng.pick(['a', 'b', 'c'])));
  expect([...picked].sort()).toEqual(['a', 'b', 'c']);
});

test('certain and impossible chances are what they say', () => {
  const rng = new Rng(3);
  const drawn = Array.from({ length: 50 }, () => [rng.chance(0), rng.chance(1)]);
  expect(drawn.every(([never, always]) => never === false && always === true)).toBe(true);
});

test('draws of a fork do not shift those of its parent', () => {
  const parent = new Rng(9);
  const control = new Rng(9);
  const fork = parent.fork();
  control.fork();
  for (let i = 0; i < 100; i += 1) fork.next();
  expect(parent.next()).toBe(control.next());
});
