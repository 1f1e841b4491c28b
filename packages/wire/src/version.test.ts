import { expect, test } from 'vitest';
import { commonWireVersion } from './version.js';

test.each([
  [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
  [{ min: 1, max: 3 }, { min: 2, max: 5 }, 3],
  [{ min: 1, max: 2 }, { min: 3, max: 4 }, undefined],
  [{ min: 5, max: 1 }, { min: 1, max: 9 }, undefined],
])('%j and %j agree on %s', (a, b, common) => {
  expect(commonWireVersion(a, b)).toBe(common);
  expect(commonWireVersion(b, a)).toBe(common);
});
