import { expect, test } from 'vitest';
import { runMonth } from '../src/run/month.js';

test('ten hours of churn: what the engines hold stays what the living need', {
  // Half a minute by itself; beside the tests of the programs it gets what they leave.
  timeout: 900_000,
}, () => {
  const { figures, rest, counters } = runMonth({
    days: 0.4,
    everyDays: 0.02,
    seed: 12,
    heapUsed: () => 0,
  });
  expect(counters.get('client hears joined')).toBeGreaterThan(40);
  expect(counters.get('client hears removed')).toBeGreaterThan(10);
  expect(counters.get('fault: daemon crash')).toBeGreaterThan(0);
  expect(counters.get('fault: daemon stop')).toBeGreaterThan(0);
  for (const { sizes } of figures) {
    expect(sizes.memberships).toBeLessThanOrEqual(3 * sizes.daemons);
    expect(sizes.clients).toBeLessThanOrEqual(6);
    expect(sizes.handles).toBeLessThanOrEqual(18);
    expect(sizes.listedNodes).toBeLessThanOrEqual(3);
    expect(sizes.listedGroups).toBeLessThanOrEqual(3);
  }
  expect(rest.sizes).toMatchObject({
    daemons: 3,
    watchedPeers: expect.any(Number),
    retainedMessages: 0,
    waiting: 0,
    listedNodes: 3,
  });
  expect(rest.sizes.watchedPeers).toBeLessThanOrEqual(6);
});
