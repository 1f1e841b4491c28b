import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNAL_MUTATIONS, type InternalMutation, mutate } from '@group-services/core/mutation';
import { describe, expect, test } from 'vitest';
import { RandomRun } from './harness/random-run.js';

/**
 * Deliberate defects of the internal layer, each with the first random run that notices it
 * (docs/TESTING.md, Mutations). `METAGROUP_MUTATIONS=1000 npx vitest run --project metagroup
 * test/mutations.test.ts` looks through so many runs for each and writes the table anew.
 *
 * The table saves time and no more: when a change of the engines gives its run another course, the
 * first runs are looked through for another one.
 */
interface Recorded {
  readonly seed: number;
  readonly invariant: string;
}

/** More than twice what the rarest took. */
const LOOK_ON = 1000;
const FILE = join(import.meta.dirname, 'mutation-seeds.json');
const SEARCH = Number(process.env['METAGROUP_MUTATIONS'] ?? 0);

/** The test name server of these runs is not the one that has these. */
const OF_THE_NAME_SERVER: ReadonlySet<string> = new Set([
  'outdated-version-accepted',
  'leader-without-state',
  'old-incarnation-accepted',
  'highest-version-continues',
  'ephemeral-gone-early',
  // The daemon around the members looks after this one.
  'ephemeral-goes-on',
]);

/**
 * Others that these runs do not show: what they take away is made up for by something slower. The
 * tests of their units notice them (`acknowledging.test.ts`, `takeover.test.ts`), and those of
 * `daemon-engine` the one that is a daemon's.
 */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'nack-once',
  'aborted-state-counted',
  'lease-from-answer',
]);

// The keys of an object literal are its type's keys.
const NAMES = (Object.keys(INTERNAL_MUTATIONS) as InternalMutation[]).filter(
  (name) => !OF_THE_NAME_SERVER.has(name) && !ELSEWHERE.has(name),
);

function violated(seed: number, mutation: InternalMutation | undefined): string | undefined {
  mutate(mutation);
  try {
    new RandomRun(seed).run();
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return /^[a-z-]+(?=:| is violated)/.exec(text)?.[0] ?? text;
  } finally {
    mutate(undefined);
  }
}

function firstCatch(mutation: InternalMutation, runs: number): Recorded | undefined {
  for (let seed = 1; seed <= runs; seed += 1) {
    const invariant = violated(seed, mutation);
    if (invariant !== undefined) return { seed, invariant };
  }
  return undefined;
}

function recorded(): readonly (readonly [InternalMutation, Recorded])[] {
  if (SEARCH > 0) {
    const found = NAMES.map((name) => [name, firstCatch(name, SEARCH)] as const);
    const table = Object.fromEntries(found.filter(([, first]) => first !== undefined));
    writeFileSync(FILE, `${JSON.stringify(table, null, 2)}\n`);
  }
  const table: Partial<Record<InternalMutation, Recorded>> = JSON.parse(readFileSync(FILE, 'utf8'));
  return NAMES.flatMap((name) => {
    const first = table[name];
    return first === undefined ? [] : [[name, first] as const];
  });
}

describe('a random run notices that a protection is missing', () => {
  test.each(recorded())('%s', { timeout: 240_000 }, (mutation, { seed }) => {
    const known = violated(seed, mutation) !== undefined;
    const found = known ? seed : firstCatch(mutation, LOOK_ON)?.seed;
    expect(found, `no run of ${LOOK_ON} notices it`).toBeDefined();
    expect(violated(found ?? seed, undefined)).toBeUndefined();
  });
});
