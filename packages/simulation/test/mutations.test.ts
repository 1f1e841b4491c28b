import { expect, test } from 'vitest';
import { firstCatch } from '../src/mutation-run.js';

/**
 * Deliberate defects of the name server (docs/TESTING.md, Mutations). Those of the members are found
 * sooner by the random runs of `packages/metagroup`; `npm run sim -- --mutations` looks for all.
 */
const SEEDS = 100;

test.each([
  'outdated-version-accepted',
  'leader-without-state',
  'old-incarnation-accepted',
  'highest-version-continues',
] as const)('a seed notices the defect %s', { timeout: 120_000 }, (name) => {
  expect(firstCatch(name, SEEDS), `none of ${SEEDS} seeds notices it`).toBeDefined();
});
