import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXTERNAL_MUTATIONS, type ExternalMutation, mutate } from '@group-services/core/mutation';
import { replayStepwise } from '@group-services/testkit';
import { describe, expect, test } from 'vitest';
import { Adventure } from './adventure.js';
import { violations } from './checks.js';
import { Story } from './story.js';

/**
 * Deliberate defects of the external layer, each with the first random life of a group in which the
 * checks notice it (docs/TESTING.md, Mutations). `PROCESS_GROUP_MUTATIONS=1000 npx vitest run --project
 * process-group test/mutations.test.ts` looks through so many lives for each and writes the table anew.
 *
 * The table saves time and no more: when a change of the engines gives its life another course, the
 * first ones are looked through for another one.
 */
interface Recorded {
  readonly seed: number;
  readonly violation: string;
}

/** More than twice what the rarest took. */
const LOOK_ON = 1000;
const FILE = join(import.meta.dirname, 'mutation-seeds.json');
const SEARCH = Number(process.env['PROCESS_GROUP_MUTATIONS'] ?? 0);

/** Those that hardly show in a random life: the scenario that shows them instead. */
const IN_SCENARIOS: Partial<Record<ExternalMutation, string>> = {
  'refusal-one-early': 'refusals-rest-on-delivered.txt',
  'strict-not-prescreened': 'strict.txt',
  'unresponsive-kept': 'unresponsive.txt',
  'bundle-not-noted': 'bundles.txt',
};

/** Those that the tests of one unit alone can show. */
const IN_UNITS: ReadonlySet<string> = new Set(['snapshot-without-ahead']);

// The keys of an object literal are its type's keys.
const NAMES = (Object.keys(EXTERNAL_MUTATIONS) as ExternalMutation[]).filter(
  (name) => IN_SCENARIOS[name] === undefined && !IN_UNITS.has(name),
);

function violated(seed: number, mutation: ExternalMutation | undefined): string | undefined {
  mutate(mutation);
  try {
    const adventure = new Adventure(seed, { isVoting: true });
    adventure.run(80);
    return violations(adventure.metagroup, adventure.processes)[0];
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    mutate(undefined);
  }
}

function firstCatch(mutation: ExternalMutation, runs: number): Recorded | undefined {
  for (let seed = 1; seed <= runs; seed += 1) {
    const violation = violated(seed, mutation);
    // What fails without the defect as well says nothing about it.
    if (violation === undefined || violated(seed, undefined) !== undefined) continue;
    return { seed, violation };
  }
  return undefined;
}

function recorded(): readonly (readonly [ExternalMutation, Recorded])[] {
  if (SEARCH > 0) {
    const found = NAMES.map((name) => [name, firstCatch(name, SEARCH)] as const);
    const table = Object.fromEntries(found.filter(([, first]) => first !== undefined));
    writeFileSync(FILE, `${JSON.stringify(table, null, 2)}\n`);
  }
  const table: Partial<Record<ExternalMutation, Recorded>> = JSON.parse(readFileSync(FILE, 'utf8'));
  return NAMES.flatMap((name) => {
    const first = table[name];
    return first === undefined ? [] : [[name, first] as const];
  });
}

describe('a random life of a group notices that a protection is missing', () => {
  test('every defect is recorded', () => {
    expect(recorded().map(([name]) => name)).toEqual(NAMES);
  });

  test.each(recorded())('%s', { timeout: 240_000 }, (mutation, { seed }) => {
    const known = violated(seed, mutation) !== undefined;
    const found = known ? seed : firstCatch(mutation, LOOK_ON)?.seed;
    expect(found, `no run of ${LOOK_ON} notices it`).toBeDefined();
    expect(violated(found ?? seed, undefined)).toBeUndefined();
  });
});

describe('a scenario notices that a protection is missing', () => {
  test.each(Object.entries(IN_SCENARIOS))('%s', (name, file) => {
    const text = readFileSync(join(import.meta.dirname, 'scenarios', file), 'utf8');
    const played = (mutation: ExternalMutation | undefined): string => {
      mutate(mutation);
      try {
        const story = new Story();
        return replayStepwise(text, (directive) => story.run(directive));
      } finally {
        mutate(undefined);
      }
    };
    expect(played(undefined)).toBe(text);
    // The keys of the table are names.
    expect(played(name as ExternalMutation)).not.toBe(text);
  });
});
