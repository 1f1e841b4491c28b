import { describe, expect, test } from 'vitest';
import { type ChunkResult, runBatch, runChunk } from '../src/run/batch.js';
import { enginesOfReleases } from '../src/run/engines-of-releases.js';
import { runSeed } from '../src/run/run-seed.js';
import { neverReached } from '../src/run/transitions.js';

const SEEDS = 120;

/** Lets the test runner breathe between two chunks. */
function inTurn(run: () => ChunkResult): Promise<ChunkResult> {
  return new Promise((resolve) => setImmediate(() => resolve(run())));
}

/**
 * A failure names its seed; `npm run sim -- --seed X` makes it smaller and tells its story, and
 * `--trace` shows everything that led to it.
 */
describe('a hundred and twenty seeds', () => {
  test('the invariants hold and the common transitions are reached', {
    // A minute by itself; beside the tests of the programs it gets what they leave.
    timeout: 900_000,
  }, async () => {
    const engines = await enginesOfReleases();
    const { failures, counters } = await runBatch({
      from: 1,
      seeds: SEEDS,
      jobs: 1,
      afterFailure: 'keep-going',
      run: (chunk) => inTurn(() => runChunk(chunk, (seed) => runSeed({ seed, engines }))),
    });
    expect(failures).toEqual([]);
    expect(neverReached(counters, SEEDS)).toEqual([]);
  });
});

test('a seed replays byte for byte', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    expect(runSeed({ seed }).digest).toBe(runSeed({ seed }).digest);
  }
});
