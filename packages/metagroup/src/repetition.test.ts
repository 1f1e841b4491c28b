import { NEVER } from '@group-services/core';
import { expect, it } from 'vitest';
import { Repetition } from './repetition.js';

it('waits longer each time, up to a limit, and begins anew with progress', () => {
  const took: number[] = [];
  const repetition = new Repetition({ waitMs: () => 10, answered: (tookMs) => took.push(tookMs) });
  expect(repetition.at).toBe(NEVER);
  repetition.begin(0);
  const waits = [repetition.at];
  for (let count = 0; count < 6; count += 1) {
    const now = repetition.at;
    repetition.again(now);
    waits.push(repetition.at - now);
  }
  expect(waits).toEqual([10, 20, 40, 80, 80, 80, 80]);
  repetition.begin(1000);
  expect(took).toEqual([1000]);
  expect(repetition.at).toBe(1010);
  repetition.end(1004);
  expect(took).toEqual([1000, 4]);
  expect(repetition.at).toBe(NEVER);
});
