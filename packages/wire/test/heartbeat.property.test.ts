import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeMessageSchema, nodeMessageValidator } from '../src/daemon-frames.js';
import { arbitraryOf } from './support/arbitrary.js';

/** The quick way reads exactly what the schema reads. */
function agrees(value: unknown): void {
  const quick = nodeMessageValidator.safeParse(value);
  const defined = nodeMessageSchema.safeParse(value);
  expect(quick.success).toBe(defined.success);
  expect(quick.success && quick.data).toEqual(defined.success && defined.data);
}

/** Nearly a heartbeat: every part may be missing, of another kind, or too much. */
const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('n1.17', 'a.0', `x.${Number.MAX_SAFE_INTEGER}`) },
  fc.constantFrom('n1', 'n1.', 'n1.017', 'n1.9999999999999999', '', 17, null),
);
const nearly = fc.record(
  {
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant('heartbeat') },
      fc.constantFrom('stopping', 'Heartbeat', 1),
    ),
    hears: fc.oneof(
      { weight: 6, arbitrary: fc.array(id, { maxLength: 5 }) },
      fc.constantFrom('n1.17', { 0: 'n1.17', length: 1 }, null),
    ),
    later: fc.integer(),
  },
  { requiredKeys: [] },
);

describe('heartbeats are read without the schema, and as it says', () => {
  test('whatever a daemon may say', () => {
    fc.assert(fc.property(arbitraryOf(nodeMessageSchema), agrees));
  });

  test('what is nearly a heartbeat', () => {
    fc.assert(fc.property(nearly, agrees), { numRuns: 500 });
    agrees({ kind: 'heartbeat', hears: ['n1.17'], later: 1 });
    agrees({ kind: 'heartbeat', hears: ['n1.017'] });
  });

  test('any value', () => {
    fc.assert(fc.property(fc.anything(), agrees));
  });

  test('no more than so many names', () => {
    agrees({ kind: 'heartbeat', hears: Array.from({ length: 10_000 }, () => 'n1.1') });
    agrees({ kind: 'heartbeat', hears: Array.from({ length: 10_001 }, () => 'n1.1') });
  });
});
