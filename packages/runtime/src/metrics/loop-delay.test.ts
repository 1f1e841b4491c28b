import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopDelayMeter } from './loop-delay.js';

it('measures from the first question on', async () => {
  const meter = new LoopDelayMeter();
  try {
    expect(meter.read()).toBeNull();
    let delay = meter.read();
    // Node looks every twenty milliseconds.
    while (delay === null) {
      await pause(200);
      delay = meter.read();
    }
    expect(delay.max).toBeGreaterThanOrEqual(delay.p99);
    expect(delay.p99).toBeGreaterThanOrEqual(delay.p50);
    meter.stop();
    expect(meter.read()).toBeNull();
  } finally {
    meter.stop();
  }
});
