import type { Result } from '../runner.js';

export interface Change {
  readonly result: Result;
  /** The same at the commit that it is compared with. */
  readonly before: Result;
  /** Median as a multiple of the one before. */
  readonly ratio: number;
  /** Worse by more than the tolerance, and no repetition as good as any before. */
  readonly regressed: boolean;
}

/**
 * Sets every figure beside the same at another commit. On a noisy machine medians alone say too much:
 * a regression must show in all repetitions as well.
 */
export function changesOf(
  results: readonly Result[],
  names: { readonly now: string; readonly before: string },
  tolerance: number,
): readonly Change[] {
  return results
    .filter(({ system }) => system === names.now)
    .flatMap((result) => {
      const before = results.find(
        (other) =>
          other.system === names.before &&
          other.title === result.title &&
          other.metric.name === result.metric.name,
      );
      if (before === undefined) return [];
      const ratio = result.summary.median / before.summary.median;
      return [{ result, before, ratio, regressed: isWorse(result, before, tolerance) }];
    });
}

function isWorse({ metric, summary }: Result, before: Result, tolerance: number): boolean {
  if (metric.better === 'higher') {
    const less = summary.median < before.summary.median * (1 - tolerance);
    return less && summary.max < before.summary.min;
  }
  const more = summary.median > before.summary.median * (1 + tolerance);
  return more && summary.min > before.summary.max;
}

/** One line for each regression, for people. */
export function regressionLines(changes: readonly Change[]): readonly string[] {
  return changes
    .filter(({ regressed }) => regressed)
    .map(({ result, before, ratio }) => {
      const { work, title, metric, summary } = result;
      const was = before.summary.median.toFixed(1);
      return `${work} ${title}, ${metric.name}: ${summary.median.toFixed(1)} ${metric.unit}, was ${was} (x ${ratio.toFixed(2)})`;
    });
}
