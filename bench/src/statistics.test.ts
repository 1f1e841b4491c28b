import { describe, expect, it } from 'vitest';
import { median, percentile, summarize } from './statistics.js';

describe('percentile', () => {
  it('is one of the samples, by nearest rank', () => {
    const samples = [15, 20, 35, 40, 50];
    expect(percentile(samples, 0)).toBe(15);
    expect(percentile(samples, 0.3)).toBe(20);
    expect(percentile(samples, 0.5)).toBe(35);
    expect(percentile(samples, 0.99)).toBe(50);
    expect(percentile(samples, 1)).toBe(50);
  });

  it('takes the 99th of a hundred', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(samples, 0.99)).toBe(99);
    expect(percentile(samples, 0.5)).toBe(50);
  });

  it('sorts by value and leaves its argument alone', () => {
    const samples = [9, 100, 10];
    expect(percentile(samples, 0.5)).toBe(10);
    expect(samples).toEqual([9, 100, 10]);
  });

  it('refuses no samples and what is no fraction', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => percentile([1], 1.5)).toThrow(RangeError);
    expect(() => percentile([1], Number.NaN)).toThrow(RangeError);
  });
});

describe('median', () => {
  it('is the middle of an odd and the mean of the middle two of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('refuses no samples', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('gives median, least and greatest', () => {
    expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
  });
});
