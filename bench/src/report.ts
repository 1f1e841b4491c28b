import type { Result } from './runner.js';

/** The system that the others are compared with, if it took part. */
const BASELINE = 'relay-msg';

/** Median as a multiple of the baseline's for the same work and metric; undefined without one. */
export function ratioToBaseline(
  result: Result,
  results: readonly Result[],
  system: string = BASELINE,
): number | undefined {
  const baseline = results.find(
    (other) =>
      other.system === system &&
      other.title === result.title &&
      other.metric.name === result.metric.name,
  );
  return baseline === undefined ? undefined : result.summary.median / baseline.summary.median;
}

/** One line per result, columns aligned; with another commit's name, a column of multiples of it. */
export function tableOf(results: readonly Result[], other?: string): string {
  const rows = results.map((result) => rowOf(result, results, other));
  const headings = [...HEADINGS, ...(other === undefined ? [] : [`x ${other}`])];
  const table = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const HEADINGS = [
  'work',
  'metric',
  'system',
  'median',
  'of',
  'min',
  'max',
  'x relay-msg',
  'same order',
];
const TEXT_COLUMNS = 3;

function rowOf(
  result: Result,
  results: readonly Result[],
  other: string | undefined,
): readonly string[] {
  const { figures, summary, metric, sameOrder } = result;
  const ratio = multiple(ratioToBaseline(result, results));
  return [
    `${result.work} ${result.title}`,
    `${metric.name}, ${metric.unit}`,
    result.system,
    readable(summary.median),
    String(figures.length),
    readable(summary.min),
    readable(summary.max),
    ratio,
    sameOrder === undefined ? '-' : sameOrder ? 'yes' : 'NO',
    ...(other === undefined ? [] : [multiple(ratioToBaseline(result, results, other))]),
  ];
}

function multiple(ratio: number | undefined): string {
  return ratio === undefined ? '-' : ratio.toFixed(2);
}

/** Four digits are more than two runs ever agree on. */
export function readable(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 100 ? 0 : 1);
}
