import { describe, expect, test } from 'vitest';
import { MEMBER_MUTATIONS, type MemberMutation } from '../../src/mutations/index.js';
import { Hunt } from './hunt.js';
import { IN_SCENARIOS } from './scenarios.js';
import { IN_UNITS } from './units.js';

/**
 * Deliberate defects of members of a processor group, each with the first random run of
 * `packages/metagroup` that notices it (docs/TESTING.md, Mutations). `METAGROUP_MUTATIONS=1000 npx vitest
 * run --project simulation test/mutations/members` looks through so many runs for each and writes the
 * table anew.
 */
interface Module {
  readonly RandomRun: new (seed: number) => { run(): void };
}

const SEARCH = Number(process.env['METAGROUP_MUTATIONS'] ?? 0);

// The keys of an object literal are its type's keys.
const DEFECTS = (Object.keys(MEMBER_MUTATIONS) as MemberMutation[]).filter(
  (name) => !Object.hasOwn(IN_UNITS, name) && !Object.hasOwn(IN_SCENARIOS, name),
);

const hunt = new Hunt<Module>({
  program: { files: ['packages/metagroup/test/harness/random-run.ts'] },
  table: 'members.json',
  defects: DEFECTS,
  violated: ({ RandomRun }, seed) => {
    try {
      new RandomRun(seed).run();
      return undefined;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return /^[a-z-]+(?=:| is violated)/.exec(text)?.[0] ?? text;
    }
  },
});
const recorded = await hunt.recorded(SEARCH);

describe('a random run of members notices that a protection is missing', () => {
  test('every defect is recorded', () => {
    expect(recorded.map(([name]) => name)).toEqual(DEFECTS);
  });

  test.each(recorded)('%s', { timeout: 240_000 }, (name, first) => hunt.expectNoticed(name, first));
});
