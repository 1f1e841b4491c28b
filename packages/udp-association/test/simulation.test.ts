import { expect, test } from 'vitest';

import { runSeed } from './world/run.js';

/** Some four seconds of processor time. */
const SEEDS = 1_200;

test('M35: whatever the network does, frames are whole and single, and both ends learn the end', () => {
  let frames = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) frames += runSeed(seed).ledger.frames;
  expect(frames).toBeGreaterThan(20 * SEEDS);
});
