import { NEVER } from '@group-services/core';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

function setUp(atOnceMax: number) {
  const pace = new Pace<{ isUnsettled: boolean }>({ atOnceMax, patienceMs: 1_000 });
  const begun: number[] = [];
  const groups = Array.from({ length: 40 }, () => ({ isUnsettled: false }));
  const begin = (index: number, now: number): void => {
    const group = groups[index] ?? { isUnsettled: false };
    const run = (): void => {
      group.isUnsettled = true;
      begun.push(index);
    };
    pace.begin(group, run, now);
  };
  const settle = (index: number): void => {
    const group = groups[index] ?? { isUnsettled: false };
    group.isUnsettled = false;
    pace.look(group);
  };
  return { pace, begun, begin, settle };
}

describe('groups that have to be answered by others', () => {
  it('begin at once while there is room, then oldest first', () => {
    const { pace, begun, begin, settle } = setUp(2);
    for (const index of [0, 1, 2, 3]) begin(index, 0);
    expect(begun).toEqual([0, 1]);
    expect(pace.deadline(5)).toBe(1_000);
    settle(1);
    expect(pace.deadline(5)).toBe(5);
    begin(4, 5);
    pace.onDeadline(5);
    expect(begun).toEqual([0, 1, 2]);
    settle(0);
    settle(2);
    pace.onDeadline(6);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(pace.deadline(6)).toBe(NEVER);
  });

  it('give their place away when they are held up', () => {
    const { pace, begun, begin } = setUp(1);
    for (const index of [0, 1, 2]) begin(index, 0);
    pace.onDeadline(999);
    expect(begun).toEqual([0]);
    pace.onDeadline(1_000);
    expect(begun).toEqual([0, 1]);
    expect(pace.deadline(1_000)).toBe(2_000);
  });

  it('are begun a few in a step', () => {
    const { pace, begun, begin, settle } = setUp(1);
    for (let index = 0; index < 40; index += 1) begin(index, 0);
    let steps = 0;
    for (; pace.waitingCount > 0 && steps < 100; steps += 1) {
      const last = begun.at(-1) ?? 0;
      settle(last);
      pace.onDeadline(0);
    }
    expect(begun).toHaveLength(40);
    expect(steps).toBe(39);
  });
});
