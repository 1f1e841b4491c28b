import { describe, expect, it } from 'vitest';
import { courseOf } from './one-at-a-time.js';

describe('courseOf', () => {
  const sender = { sentNs: [1000, 5000], seenNs: [4000, 9000] };

  it('counts from each call, for the sender and for the slowest', () => {
    const early = { sentNs: [], seenNs: [3000, 11_000] };
    const late = { sentNs: [], seenNs: [7000, 8000] };
    const course = courseOf([sender, early, late]);
    expect(course.ownUs).toEqual([3, 4]);
    expect(course.allUs).toEqual([6, 6]);
  });

  it('counts a second from the first call to the last return', () => {
    expect(courseOf([sender]).perSecond).toBe((2 * 1e9) / 8000);
  });

  it('gives no figure for what somebody has not seen', () => {
    expect(courseOf([sender, { sentNs: [], seenNs: [3000] }]).allUs[1]).toBeNaN();
  });

  it('refuses a run in which nothing was sent', () => {
    expect(() => courseOf([{ sentNs: [], seenNs: [] }])).toThrow('nobody');
  });
});
