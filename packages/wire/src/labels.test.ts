import { expect, it } from 'vitest';
import { labelBytes, labelsField, labelsOfProvidersField, labelsProblem } from './labels.js';
import { LIMITS } from './limits.js';

it.each([
  ['no object', 'zone=eu'],
  ['a list', ['eu']],
  ['nothing', null],
  ['a number', { zone: 1 }],
  ['a name that is empty', { '': 'eu' }],
  ['a name that is none', JSON.parse('{ "__proto__": "eu" }')],
  ['half a character', { zone: '\ud800' }],
  ['too much', { zone: 'x'.repeat(LIMITS.labels - 3) }],
  ['too much in two', { a: 'ä'.repeat(256), b: 'ä'.repeat(256) }],
])('finds fault with %s', (_what, labels) => {
  expect(labelsProblem(labels)).toBeTypeOf('string');
  expect(labelsField.safeParse(labels).success).toBe(false);
  expect(labelsOfProvidersField.safeParse({ 'n1/a': labels }).success).toBe(false);
});

it('takes what fits', () => {
  expect(labelsProblem({ zone: 'x'.repeat(LIMITS.labels - 4) })).toBeUndefined();
  expect(labelsOfProvidersField.safeParse({ 'n1/a': { zone: 'eu' } }).success).toBe(true);
  expect(labelsOfProvidersField.safeParse({ nobody: { zone: 'eu' } }).success).toBe(false);
});

it('counts the names with the texts', () => {
  expect(labelBytes('n1/a', undefined)).toBe(0);
  expect(labelBytes('n1/a', { zone: 'eu' })).toBeGreaterThan('n1/azoneeu'.length);
});
