/** What the report prints of one metric's repetitions. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The value below or at which `fraction` (0 to 1) of the samples lie, by the nearest-rank method:
 * always one of the samples, never an interpolation. Throws RangeError without samples or when the
 * fraction is out of range.
 */
export function percentile(samples: Iterable<number>, fraction: number): number {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`not a fraction: ${fraction}`);
  const sorted = ascending(samples);
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  return at(sorted, rank - 1);
}

/** The middle value, or the mean of the two middle ones. Throws RangeError without samples. */
export function median(samples: Iterable<number>): number {
  const sorted = ascending(samples);
  const upper = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return at(sorted, upper);
  return (at(sorted, upper - 1) + at(sorted, upper)) / 2;
}

/** Median, least and greatest of the repetitions. Throws RangeError without samples. */
export function summarize(samples: Iterable<number>): Summary {
  const sorted = ascending(samples);
  return { median: median(sorted), min: at(sorted, 0), max: at(sorted, sorted.length - 1) };
}

/** A typed array sorts by value, where a plain array would sort by text. */
function ascending(samples: Iterable<number>): Float64Array {
  const sorted = Float64Array.from(samples).sort();
  if (sorted.length === 0) throw new RangeError('no samples');
  return sorted;
}

function at(sorted: Float64Array, index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new RangeError(`no sample ${index}`);
  return value;
}
