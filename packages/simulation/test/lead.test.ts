import { expect, test } from 'vitest';
import { runLeadSeed } from '../src/lead/run-lead-seed.js';
import { LEAD_MUTATIONS, type MutationName } from '../src/mutations/index.js';
import { loadProgram, type Program } from '../src/mutations/load-program.js';
import { IN_UNITS } from './mutations/units.js';

/** Several name servers on an etcd; a second of processor time. */
const SEEDS = 60;

const PROGRAM: Program = { files: ['packages/simulation/src/lead/run-lead-seed.ts'] };

interface Simulator {
  readonly runLeadSeed: typeof runLeadSeed;
}

test(`${SEEDS} seeds of name servers on etcd see one table`, () => {
  const results = Array.from({ length: SEEDS }, (_, at) => runLeadSeed(at + 1));
  expect(results.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  expect(Math.min(...results.map(({ changes }) => changes))).toBeGreaterThan(10);
});

test('a seed is the same run each time', () => {
  expect(runLeadSeed(7)).toEqual(runLeadSeed(7));
});

/** The first of these notices it, as far as is known; when seeds draw something else, others are looked at. */
const LOOKED_AT = 40;

// The rest is noticed by the engine's own tests (`mutations/units.ts`). The keys of the tables are names.
const DEFECTS = (Object.keys(LEAD_MUTATIONS) as MutationName[]).filter((it) => !(it in IN_UNITS));

test.each(DEFECTS)('a seed notices the defect %s', { timeout: 240_000 }, async (name) => {
  const mutant = await loadProgram<Simulator>(PROGRAM, name);
  const seeds = Array.from({ length: LOOKED_AT }, (_, at) => at + 1);
  const first = seeds.find((seed) => mutant.runLeadSeed(seed).failure !== undefined);
  expect(first, `none of ${LOOKED_AT} seeds notices it`).toBeDefined();
});
