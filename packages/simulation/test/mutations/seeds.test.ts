import { expect, test } from 'vitest';
import { loadProgram, type Program } from '../../src/mutations/load-program.js';
import { firstCatch } from '../../src/run/mutation-run.js';
import { Stage } from '../roots/stage.js';

/**
 * Deliberate defects of the name server and of whole domains (docs/TESTING.md, Mutations). Those of the
 * members are found sooner by the random runs of `packages/metagroup`; `npm run sim -- --mutations` looks
 * for all.
 *
 * The seed is where it was noticed last; when what a seed draws has changed, others are looked at.
 */
const SEEDS = 150;

test.each([
  ['outdated-version-accepted', 88],
  ['leader-without-state', 3],
  ['old-incarnation-accepted', 30],
  ['names-not-held', 1],
  ['nodes-asked-once', 4],
  ['highest-version-continues', 20],
  ['absent-leader-kept', 3],
  ['sleep-not-counted', 1],
  ['wakes-at-once', 1],
  ['lease-from-answer', 16],
  ['ephemeral-gone-early', 8],
  ['load-is-silence', 4],
] as const)('a seed notices the defect %s', { timeout: 240_000 }, async (name, seed) => {
  const first = (await firstCatch(name, 1, seed)) ?? (await firstCatch(name, SEEDS));
  expect(first, `none of ${SEEDS} seeds notices it`).toBeDefined();
});

const STAGE: Program = { files: ['packages/simulation/test/roots/stage.ts'] };

/** Too rare for seeds: the leader has to be cut off with a list that only its own processes see. */
test('a leader that goes on alone notices the defect agreed-lists', async () => {
  const alone = (On: typeof Stage): void => {
    const stage = new On({ daemons: 3 });
    const [a] = stage.members(3, { delivery: 'agreed' });
    stage.part(['n1'], ['n2', 'n3', 'ns']);
    a?.send('agreed');
    stage.process('n1').join('g');
    stage.run(10_000);
    stage.rest();
  };
  expect(() => alone(Stage)).not.toThrow();
  const mutant = await loadProgram<{ readonly Stage: typeof Stage }>(STAGE, 'agreed-lists');
  expect(() => alone(mutant.Stage)).toThrow(/view-sequence/);
});
