import { describe, expect, test } from 'vitest';
import { runSeed } from '../src/run-seed.js';

/**
 * Two hundred seeds, in blocks so that they show their progress; a failure names its seed, and
 * `npm run sim -- --seed X --trace` shows everything that led to it.
 */
const BLOCKS = 8;
const SEEDS_PER_BLOCK = 25;

function failuresOf(seeds: readonly number[]): readonly string[] {
  return seeds.flatMap((seed) => {
    const { failure } = runSeed({ seed });
    if (failure === undefined) return [];
    return [`seed ${seed}: ${failure.text}\n${failure.timeline.slice(-40).join('\n')}`];
  });
}

describe('the invariants hold', () => {
  for (let block = 0; block < BLOCKS; block += 1) {
    const from = block * SEEDS_PER_BLOCK + 1;
    const seeds = Array.from({ length: SEEDS_PER_BLOCK }, (_, i) => from + i);
    test(`seeds ${from} to ${from + SEEDS_PER_BLOCK - 1}`, { timeout: 120_000 }, () => {
      expect(failuresOf(seeds)).toEqual([]);
    });
  }
});

test('a seed replays byte for byte', { timeout: 60_000 }, () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    expect(runSeed({ seed }).digest).toBe(runSeed({ seed }).digest);
  }
});
