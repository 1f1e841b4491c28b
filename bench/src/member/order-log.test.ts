import { describe, expect, it } from 'vitest';
import { OrderLog } from './order-log.js';

function logOf(...deliveries: readonly (readonly [sender: number, counter: number])[]): OrderLog {
  const log = new OrderLog();
  for (const [sender, counter] of deliveries) log.record(sender, counter);
  return log;
}

describe('OrderLog', () => {
  it('has the same hash for the same order', () => {
    const one = logOf([0, 0], [1, 0], [0, 1]);
    const other = logOf([0, 0], [1, 0], [0, 1]);
    expect(one.hash).toBe(other.hash);
    expect(one.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(one.delivered).toBe(3);
    expect(one.isIntact).toBe(true);
  });

  it('has another hash when two senders are exchanged, though each is intact', () => {
    const one = logOf([0, 0], [1, 0], [0, 1]);
    const other = logOf([1, 0], [0, 0], [0, 1]);
    expect(other.isIntact).toBe(true);
    expect(other.hash).not.toBe(one.hash);
  });

  it.each([
    ['a gap', [0, 2] as const],
    ['a double', [0, 0] as const],
  ])('notices %s', (_name, second) => {
    expect(logOf([0, 0], second).isIntact).toBe(false);
  });
});
