import type { MembershipId } from '@group-services/core';
import type { Member } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { type Progress, Stability } from './stability.js';

function member(id: string, joinVersion = 1): Member {
  return { id: id as MembershipId, joinVersion, full: true, address: 'x' };
}

function ack(contiguous: number, version = 3, joinVersion = 1) {
  return { version, joinVersion, contiguous, stableSeen: 0, pressure: 0 };
}

function setUp() {
  const stability = new Stability(3);
  stability.add(member('b.1.1'), 10, { full: true, now: 0 });
  stability.add(member('c.1.1'), 8, { full: true, now: 0 });
  const of = (id: string) => stability.of(id as MembershipId) as Progress;
  return { stability, of };
}

describe('M12: up to where everybody has everything', () => {
  test('alone, everything is stable at once', () => {
    expect(new Stability(1).minimum).toBe(Infinity);
  });

  test('the slowest member counts', () => {
    const { stability, of } = setUp();
    expect(stability.minimum).toBe(8);
    stability.acknowledge(of('c.1.1'), ack(12), 20, 1);
    expect(stability.minimum).toBe(10);
  });

  test('acknowledgements of earlier leaderships and memberships do not count', () => {
    const { stability, of } = setUp();
    expect(stability.acknowledge(of('c.1.1'), ack(12, 2), 20, 1)).toBe(false);
    expect(stability.acknowledge(of('c.1.1'), ack(12, 3, 2), 20, 1)).toBe(false);
    stability.add(member('d.1.1', 5), 9, { full: false, now: 0 });
    expect(stability.acknowledge(of('d.1.1'), ack(12, 4, 5), 20, 1)).toBe(false);
    expect(stability.minimum).toBe(8);
  });

  test('what was never placed cannot be acknowledged, and nothing goes back', () => {
    const { stability, of } = setUp();
    expect(stability.acknowledge(of('c.1.1'), ack(21), 20, 1)).toBe(false);
    stability.acknowledge(of('c.1.1'), ack(9), 20, 1);
    stability.acknowledge(of('c.1.1'), ack(4), 20, 2);
    expect(of('c.1.1')).toMatchObject({ contiguous: 9, progressAt: 1 });
  });

  test('a joiner holds stability at the position of its view until it acknowledges', () => {
    const { stability, of } = setUp();
    stability.add(member('d.1.1', 3), 7, { full: false, now: 0 });
    expect([stability.minimum, of('d.1.1').full]).toEqual([7, false]);
    stability.acknowledge(of('d.1.1'), ack(9, 3, 3), 20, 1);
    expect([stability.minimum, of('d.1.1').full]).toEqual([8, true]);
  });

  test('who is listed no more does not count', () => {
    const { stability } = setUp();
    stability.retain([member('b.1.1')]);
    expect(stability.minimum).toBe(10);
    expect(stability.members().map((each) => each.member.id)).toEqual(['b.1.1']);
  });
});
