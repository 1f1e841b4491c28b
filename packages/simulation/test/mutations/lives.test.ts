import { describe, expect, test } from 'vitest';
import { EXTERNAL_MUTATIONS, type ExternalMutation } from '../../src/mutations/index.js';
import { Hunt } from './hunt.js';
import { IN_SCENARIOS } from './scenarios.js';
import { IN_UNITS } from './units.js';

/**
 * Deliberate defects of the external layer, each with the first random life of a group in which the
 * checks of `packages/process-group` notice it (docs/TESTING.md, Mutations).
 * `PROCESS_GROUP_MUTATIONS=1000 npx vitest run --project simulation test/mutations/lives` looks through so
 * many lives for each and writes the table anew.
 */
interface Module {
  readonly Adventure: new (
    seed: number,
    options: { readonly isVoting: boolean },
  ) => { readonly metagroup: object; readonly processes: object; run(steps: number): void };
  readonly violations: (metagroup: object, processes: object) => readonly string[];
}

const SEARCH = Number(process.env['PROCESS_GROUP_MUTATIONS'] ?? 0);
const STEPS = 80;

// The keys of an object literal are its type's keys.
const DEFECTS = (Object.keys(EXTERNAL_MUTATIONS) as ExternalMutation[]).filter(
  (name) => !Object.hasOwn(IN_UNITS, name) && !Object.hasOwn(IN_SCENARIOS, name),
);

const hunt = new Hunt<Module>({
  program: {
    files: ['packages/process-group/test/adventure.ts', 'packages/process-group/test/checks.ts'],
  },
  table: 'lives.json',
  defects: DEFECTS,
  violated: ({ Adventure, violations }, seed) => {
    const adventure = new Adventure(seed, { isVoting: true });
    adventure.run(STEPS);
    return violations(adventure.metagroup, adventure.processes)[0];
  },
});
const recorded = await hunt.recorded(SEARCH);

describe('a random life of a group notices that a protection is missing', () => {
  test('every defect is recorded', () => {
    expect(recorded.map(([name]) => name)).toEqual(DEFECTS);
  });

  test.each(recorded)('%s', { timeout: 240_000 }, (name, first) => hunt.expectNoticed(name, first));
});
