import { expect, test } from 'vitest';
import { Counts, DURATION_CLASSES_MS, Durations } from './tally.js';

test('counts are kept by their labels', () => {
  const counts = new Counts();
  counts.add(1, 'join', 'approved');
  counts.add(2, 'join', 'approved');
  counts.add(1, 'join', 'rejected');
  expect(counts.of('join', 'approved')).toBe(3);
  expect(counts.of('leave', 'approved')).toBe(0);
  expect(counts.entries()).toEqual([
    [['join', 'approved'], 3],
    [['join', 'rejected'], 1],
  ]);
});

test('durations are counted in the class that they fit, and without one beyond the last', () => {
  const durations = new Durations();
  for (const ms of [0, 1, 1.5, 60_000, 60_001]) durations.add(ms, 'join');
  const [[label, { classes, count, sumMs }] = ['', { classes: [], count: 0, sumMs: 0 }]] =
    durations.entries();
  expect({ label, count, sumMs }).toEqual({ label: 'join', count: 5, sumMs: 120_003.5 });
  expect(classes).toHaveLength(DURATION_CLASSES_MS.length);
  expect([classes[0], classes[1], classes.at(-1)]).toEqual([2, 1, 1]);
});
