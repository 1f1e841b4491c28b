import { isNativeAccelerationEnabled } from 'msgpackr';
import { expect, test, vi } from 'vitest';
import { codecSuite } from './support/codec-suite.js';
import { goldenSuite } from './support/golden-suite.js';

// Read by msgpackr when it is loaded; vitest runs this before the imports, in a worker of its own.
vi.hoisted(() => {
  process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] = 'true';
});

test('native acceleration is off', () => {
  expect(isNativeAccelerationEnabled).toBe(false);
});

goldenSuite();
codecSuite();
