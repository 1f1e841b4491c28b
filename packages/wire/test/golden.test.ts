import { isNativeAccelerationEnabled } from 'msgpackr';
import { expect, test } from 'vitest';
import { goldenSuite } from './support/golden-suite.js';

test('native acceleration is as the environment says', () => {
  const disabled = process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] === 'true';
  // A platform without a prebuilt addon has none; then both files test the same.
  if (disabled) expect(isNativeAccelerationEnabled).toBe(false);
  else expect(typeof isNativeAccelerationEnabled).toBe('boolean');
});

goldenSuite();
