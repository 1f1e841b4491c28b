import { describe, expect, it } from 'vitest';
import { crowdOf, figuresOf } from './joins.js';

describe('crowdOf', () => {
  it('shares out everything, evenly', () => {
    expect([0, 1, 2].map((index) => crowdOf(100, 3, index))).toEqual([33, 33, 34]);
    expect([0, 1, 2].map((index) => crowdOf(2, 3, index))).toEqual([0, 1, 1]);
  });
});

describe('figuresOf', () => {
  const early = { firstCallNs: 1e6, lastJoinedNs: 5e6, allSeenNs: 11e6, lists: 3, bytesRead: 2e6 };
  const late = { firstCallNs: 2e6, lastJoinedNs: 9e6, allSeenNs: 10e6, lists: 4, bytesRead: 1e6 };

  it('counts from the first call anywhere to the last of all', () => {
    expect(figuresOf([early, late], 4)).toEqual([8, 10, 500, 4, 3]);
  });

  it('says nothing about bytes when somebody could not count them', () => {
    const silent = { ...late, bytesRead: undefined };
    expect(figuresOf([early, silent], 4)).toEqual([8, 10, 500, 4]);
  });
});
