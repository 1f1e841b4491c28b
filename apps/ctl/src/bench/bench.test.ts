import { expect, it } from 'vitest';
import { benchText, rowOf } from './bench.js';
import { Loopback, oneByOne, windowed } from './measures.js';

it('compares with the loopback: the median, or the rate of what is sent at once', () => {
  const one = rowOf('loopback, one by one', { count: 4, ms: 1_000, each: [1, 2, 3, 4] }, []);
  const many = rowOf('loopback, 256 at once', { count: 100, ms: 1_000, each: [5] }, [one]);
  expect(one).toMatchObject({ perSecond: 4, p50: 3, p99: 4, toLoopback: 1 });
  const slow = rowOf('message, safe', { count: 2, ms: 1_000, each: [6, 9] }, [one, many]);
  expect(slow).toMatchObject({ p50: 9, toLoopback: 3 });
  const rate = rowOf('messages, 256 at once', { count: 50, ms: 1_000, each: [7] }, [one, many]);
  expect(rate.toLoopback).toBe(0.5);
  const text = benchText({ nodes: ['n1'], seconds: 6, results: [one, many, slow, rate] });
  expect(text).toMatch(/^message, safe +2 +2 +9 +9 +3 x$/mu);
  expect(text).toContain('--peer ADDRESS adds');
});

it('the loopback brings back what was sent, one by one and at once, and stops when told', async () => {
  await using loopback = await Loopback.open();
  const stop = new AbortController();
  const bounds = { forMs: 60_000, signal: stop.signal };
  const echo = (): Promise<void> => loopback.echo();
  const progress = (): void => stop.abort();
  const one = await oneByOne(echo, { ...bounds, progress });
  expect(one.count).toBe(1);
  const again = new AbortController();
  const all = await windowed(echo, 8, {
    forMs: 60_000,
    signal: again.signal,
    progress: () => again.abort(),
  });
  expect(all.count).toBe(8);
});
