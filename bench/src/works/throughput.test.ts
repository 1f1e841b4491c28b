import { describe, expect, it } from 'vitest';
import { shareOf } from './throughput.js';

describe('shareOf', () => {
  it('gives a single sender everything', () => {
    expect([0, 1, 2].map((member) => shareOf(100, 1, member))).toEqual([100, 0, 0]);
  });

  it('divides among all, the rest going to the first', () => {
    expect([0, 1, 2].map((member) => shareOf(100, 3, member))).toEqual([34, 33, 33]);
  });
});
