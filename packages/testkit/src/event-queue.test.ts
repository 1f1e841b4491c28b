import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.js';

test('values come out by time, and in order of arrival at one instant', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 }), (times) => {
      const queue = new EventQueue<number>();
      for (const [index, at] of times.entries()) queue.push(at, index);
      const out: { at: number; value: number }[] = [];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        out.push({ at: next.at, value: next.value });
      }
      const expected = times
        .map((at, value) => ({ at, value }))
        .sort((a, b) => a.at - b.at || a.value - b.value);
      expect(out).toEqual(expected);
    }),
  );
});

test('pushing between pops keeps the order', () => {
  const queue = new EventQueue<string>();
  queue.push(5, 'late');
  queue.push(1, 'first');
  expect(queue.pop()?.value).toBe('first');
  queue.push(3, 'middle');
  expect(queue.nextAt).toBe(3);
  expect(queue.pop()?.value).toBe('middle');
  expect(queue.pop()?.value).toBe('late');
  expect(queue.pop()).toBeUndefined();
  expect(queue.size).toBe(0);
});
