import { expect, test } from 'vitest';
import { firstCatch } from '../../src/run/mutation-run.js';

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
  ['sleep-not-counted', 160],
  ['wakes-at-once', 1],
  ['lease-from-answer', 172],
  ['ephemeral-gone-early', 8],
  ['load-is-silence', 4],
  ['replies-not-reset', 5],
  ['vote-for-any-protocol', 4],
  ['rejoin-refused', 3],
  ['registration-by-halves', 2],
  ['bundle-not-noted', 3],
  ['withdrawn-and-run', 2],
] as const)('a seed notices the defect %s', { timeout: 240_000 }, async (name, seed) => {
  const first = (await firstCatch(name, 1, seed)) ?? (await firstCatch(name, SEEDS));
  expect(first, `none of ${SEEDS} seeds notices it`).toBeDefined();
});
