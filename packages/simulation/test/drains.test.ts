import { Rng } from '@group-services/core';
import { expect, test } from 'vitest';
import { drained } from '../src/profile/drain-profile.js';
import { judgeSeed } from '../src/run/run-seed.js';

/**
 * Nodes are drained and put into service again, often, and nothing else happens (`nodes drain` of
 * operate.md): no proposal fails, no membership ends, and the lead really moves. More of them with
 * `DRAIN_SEEDS=100`.
 */
const SEEDS = Number(process.env['DRAIN_SEEDS'] ?? 4);

test.each(Array.from({ length: SEEDS }, (_, at) => 7_100 + at))(
  'no proposal fails by a drain: seed %i',
  { timeout: 240_000 },
  (seed) => {
    const { failure, counters } = judgeSeed({
      seed,
      reshape: (drawn) => {
        const everyMs = drawn.timing.suspectAfterMs / 2;
        return drained(new Rng(seed), drawn, { everyMs, alone: true });
      },
    });
    expect(failure?.text ?? 'clean').toBe('clean');
    expect(counters.get('branch: lead-given-up')).toBeGreaterThan(0);
  },
);
