import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Counters } from '../src/counters.js';
import { enginesOfReleases } from '../src/run/engines-of-releases.js';
import { runSeed } from '../src/run/run-seed.js';
import { neverReached } from '../src/run/transitions.js';
import { chosenSeeds } from './chosen-seeds.js';

/**
 * Few seeds that reach much: together what three hundred reach, the rare turns of the protocols a few times
 * each, in a fraction of the time. `npm run soak` draws thousands of others.
 *
 * Which ones these are is written down to save time, and no more: when a change gives them another course
 * and one of the common transitions is missing, others are looked at. `CHOOSE_SEEDS=300 npx vitest run
 * --project simulation test/seeds` chooses anew among so many (then `npm run format`).
 *
 * A failure names its seed; `npm run sim -- --seed X` makes it smaller and tells its story, and `--trace`
 * shows everything that led to it.
 */
const TABLE = join(import.meta.dirname, 'seeds.json');
const CHOOSE_AMONG = Number(process.env['CHOOSE_SEEDS'] ?? 0);
/** What so many seeds have to reach is asked of the chosen ones. */
const AS_MANY_AS = 120;

test('of few seeds that reach much the invariants hold, and the common transitions are reached', {
  // Half a minute by itself; beside the tests of the programs it gets what they leave.
  timeout: 900_000 + CHOOSE_AMONG * 10_000,
}, async () => {
  const engines = await enginesOfReleases();
  const counters = new Counters();
  const failures: string[] = [];
  const look = async (seed: number): Promise<Counters> => {
    // Lets the test runner breathe in between.
    await new Promise((resolve) => setImmediate(resolve));
    const result = runSeed({ seed, engines });
    if (result.failure !== undefined) failures.push(`seed ${seed}: ${result.failure.text}`);
    counters.add(result.counters);
    return result.counters;
  };
  if (CHOOSE_AMONG > 0) {
    const chosen = await chosenSeeds(CHOOSE_AMONG, look);
    writeFileSync(TABLE, `${JSON.stringify(chosen)}\n`);
  }
  const written: readonly number[] = JSON.parse(readFileSync(TABLE, 'utf8'));
  for (const seed of CHOOSE_AMONG > 0 ? [] : written) await look(seed);
  for (let seed = 1; seed <= AS_MANY_AS; seed += 1) {
    if (neverReached(counters, AS_MANY_AS).length === 0) break;
    if (!written.includes(seed)) await look(seed);
  }
  expect(failures).toEqual([]);
  expect(neverReached(counters, AS_MANY_AS)).toEqual([]);
});

test('a seed replays byte for byte', () => {
  for (const seed of [3, 4, 7, 8, 20]) {
    expect(runSeed({ seed }).digest).toBe(runSeed({ seed }).digest);
  }
});
