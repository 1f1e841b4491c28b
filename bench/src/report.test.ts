import { describe, expect, it } from 'vitest';
import { ratioToBaseline, tableOf } from './report.js';
import type { Result } from './runner.js';
import { summarize } from './statistics.js';

function result(system: string, figures: readonly number[], sameOrder?: boolean): Result {
  return {
    work: 'W1',
    title: 'ordered multicast, 1 sender',
    system,
    metric: { name: 'throughput', unit: 'msg/s', better: 'higher' },
    figures,
    summary: summarize(figures),
    sameOrder,
  };
}

describe('ratioToBaseline', () => {
  it('divides medians, and has nothing to say without the baseline', () => {
    const baseline = result('relay-msg', [100, 200, 300]);
    const other = result('other', [50, 60, 90]);
    expect(ratioToBaseline(other, [baseline, other])).toBe(0.3);
    expect(ratioToBaseline(other, [other])).toBeUndefined();
  });
});

describe('tableOf', () => {
  it('aligns columns, says how many repetitions count, and shouts when the orders differed', () => {
    const results = [
      result('relay-msg', [412345.6, 400000, 420000], true),
      result('other', [99.96, 5, 100], false),
    ];
    expect(tableOf(results)).toBe(
      [
        'work                            metric             system      median  of      min      max  x relay-msg  same order',
        'W1 ordered multicast, 1 sender  throughput, msg/s  relay-msg  412,346   3  400,000  420,000         1.00         yes',
        'W1 ordered multicast, 1 sender  throughput, msg/s  other        100.0   3      5.0      100         0.00          NO',
      ].join('\n'),
    );
  });
});
