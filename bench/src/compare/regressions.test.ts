import { describe, expect, it } from 'vitest';
import type { Result } from '../runner.js';
import { summarize } from '../statistics.js';
import { changesOf, regressionLines } from './regressions.js';

const NAMES = { now: 'ours', before: 'ours@v1' };

function result(system: string, better: 'higher' | 'lower', figures: readonly number[]): Result {
  return {
    work: 'W1',
    title: 'ordered multicast',
    system,
    metric: { name: 'throughput', unit: 'msg/s', better },
    figures,
    summary: summarize(figures),
    sameOrder: true,
  };
}

function regressed(better: 'higher' | 'lower', now: number[], before: number[]): boolean[] {
  const results = [result('ours', better, now), result('ours@v1', better, before)];
  return changesOf(results, NAMES, 0.1).map((change) => change.regressed);
}

describe('changesOf', () => {
  it('calls worse what is worse by more than the tolerance in all repetitions', () => {
    expect(regressed('higher', [80, 82, 85], [100, 101, 99])).toEqual([true]);
    expect(regressed('lower', [120, 118, 125], [100, 101, 99])).toEqual([true]);
  });

  it('lets pass what is within the tolerance, better, or within the noise', () => {
    expect(regressed('higher', [95, 94, 96], [100, 101, 99])).toEqual([false]);
    expect(regressed('higher', [120, 121, 122], [100, 101, 99])).toEqual([false]);
    expect(regressed('higher', [70, 80, 100], [99, 100, 101])).toEqual([false]);
    expect(regressed('lower', [70, 71, 72], [99, 100, 101])).toEqual([false]);
  });

  it('has nothing to say of what only one of them did', () => {
    expect(changesOf([result('ours', 'higher', [1])], NAMES, 0.1)).toEqual([]);
  });

  it('tells regressions with both figures', () => {
    const results = [result('ours', 'higher', [50]), result('ours@v1', 'higher', [100])];
    expect(regressionLines(changesOf(results, NAMES, 0.1))).toEqual([
      'W1 ordered multicast, throughput: 50.0 msg/s, was 100.0 (x 0.50)',
    ]);
  });
});
