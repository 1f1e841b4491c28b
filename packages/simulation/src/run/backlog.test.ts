import { describe, expect, test } from 'vitest';
import { backlogMs } from './backlog.js';

const PROFILE = {
  limits: { maxUnstableBytes: 4096, maxUnstableMessages: 1024 },
  network: { delayMinMs: 0, delayMeanMs: 19 },
  workload: { payloadMax: 1024 },
};
const waiting = (group: string, waitingProposals: number) => ({
  group,
  local: { waitingProposals },
});

describe('how long what waits at the end of all faults takes', () => {
  test('a few proposals have room in the bound that was drawn', () => {
    expect(backlogMs([], PROFILE)).toBe(0);
    expect(backlogMs([waiting('g1', 40)], PROFILE)).toBe(0);
  });

  test('a flood takes two round trips for each window', () => {
    // 600 messages in windows of four: 140 more than there is room for, 152 ms each.
    expect(backlogMs([waiting('g1', 600)], PROFILE)).toBe(140 * 152);
    const few = { ...PROFILE, limits: { ...PROFILE.limits, maxUnstableMessages: 1 } };
    expect(backlogMs([waiting('g1', 600)], few)).toBe(590 * 152);
  });

  test('a group waits for all of its daemons, and for no other group', () => {
    const all = [waiting('g1', 300), waiting('g2', 500), waiting('g1', 300)];
    expect(backlogMs(all, PROFILE)).toBe(140 * 152);
  });

  test('a message that is longer than a window goes alone', () => {
    const long = { ...PROFILE, workload: { payloadMax: 10_000 } };
    expect(backlogMs([waiting('g1', 20)], long)).toBe(10 * 152);
  });
});
