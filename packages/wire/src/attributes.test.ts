import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ATTRIBUTE_NAMES,
  attributeDifferences,
  attributesSchema,
  DEFAULT_ATTRIBUTES,
  partialAttributesSchema,
  withAttributes,
} from './attributes.js';

test('the names are those of the schema', () => {
  expect([...ATTRIBUTE_NAMES].sort()).toEqual(Object.keys(attributesSchema.shape).sort());
});

test('the defaults are attributes', () => {
  expect(attributesSchema.parse(DEFAULT_ATTRIBUTES)).toEqual(DEFAULT_ATTRIBUTES);
});

test('M22: only given attributes are compared, and each difference is named', () => {
  const group = { ...DEFAULT_ATTRIBUTES, version: 2, joinPhases: { exactly: 2 } };
  expect(attributeDifferences({}, group)).toEqual([]);
  expect(attributeDifferences({ version: 2, joinPhases: { exactly: 2 } }, group)).toEqual([]);
  expect(
    attributeDifferences({ delivery: 'agreed', version: '2', joinPhases: { exactly: 3 } }, group),
  ).toEqual([
    { attribute: 'version', given: '2', group: 2 },
    { attribute: 'joinPhases', given: { exactly: 3 }, group: { exactly: 2 } },
    { attribute: 'delivery', given: 'agreed', group: 'safe' },
  ]);
  expect(attributeDifferences({ version: 1 }, DEFAULT_ATTRIBUTES)).toEqual([
    { attribute: 'version', given: 1, group: undefined },
  ]);
  expect(attributeDifferences({ joinPhases: 'voting' }, group)).toHaveLength(1);
});

test('merged attributes no longer differ from those given', () => {
  const given = fc.record(
    {
      timeLimit: fc.nat(),
      contention: fc.constantFrom('queue' as const, 'drop' as const),
      failurePhases: fc.constantFrom(1 as const, 'voting' as const, { exactly: 3 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(given, (attributes) => {
      const merged = withAttributes(DEFAULT_ATTRIBUTES, attributes);
      expect(attributeDifferences(attributes, merged)).toEqual([]);
      expect(attributesSchema.safeParse(merged).success).toBe(true);
    }),
  );
});

test('an attribute that does not exist is refused', () => {
  expect(partialAttributesSchema.safeParse({ colour: 'red' }).success).toBe(false);
});
