import { expect, it } from 'vitest';
import { between, percentile } from './percentiles.js';

const ENDS = [1, 2, 5, 10];

it('counts what came between two answers, kinds that are new included', () => {
  const before = [{ kind: 'join', classes: [1, 0, 0, 0], count: 1 }];
  const after = [
    { kind: 'join', classes: [1, 2, 0, 0], count: 4 },
    { kind: 'barrier', classes: [0, 0, 3, 0], count: 3 },
  ];
  expect(between(before, after)).toEqual({ classes: [0, 2, 3, 0], count: 6 });
});

it('spreads durations evenly within their class', () => {
  const counts = { classes: [10, 10, 0, 0], count: 20 };
  expect(percentile(counts, ENDS, 0.25)).toBeCloseTo(0.5);
  expect(percentile(counts, ENDS, 0.5)).toBeCloseTo(1);
  expect(percentile(counts, ENDS, 0.75)).toBeCloseTo(1.5);
});

it('knows of none, and of those that are longer than every class', () => {
  expect(percentile({ classes: [], count: 0 }, ENDS, 0.5)).toBeNull();
  expect(percentile({ classes: [0, 0, 0, 0], count: 3 }, ENDS, 0.5)).toBe(10);
});
