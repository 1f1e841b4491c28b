import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Adventure } from './adventure.js';
import { violations } from './checks.js';

test('M17 M25 M29: one order, one answer, equal lists, whoever dies', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      const adventure = new Adventure(seed);
      adventure.run(60);
      expect(violations(adventure.metagroup, adventure.processes)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('M18 M19 M21 M27 M28: outcomes are what the votes make them, whoever dies', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      const adventure = new Adventure(seed, { isVoting: true });
      adventure.run(80);
      expect(violations(adventure.metagroup, adventure.processes)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
