import { expect, test } from 'vitest';
import { fence } from './fence.js';

test('B2: a later view has a greater fence, as a string', () => {
  const fences = [fence(1, 2), fence(1, 10), fence(1, 900), fence(2, 1), fence(10, 1)];
  expect([...fences].sort()).toEqual(fences);
  expect(fence(1, 2)).toBe('0000000000000001-0000000000000002');
});
