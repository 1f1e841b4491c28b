import type { DurationClasses } from '../api/answers.js';

/** How many durations fell into each class between two answers, over all kinds. */
export function between(
  before: readonly DurationClasses[],
  after: readonly DurationClasses[],
): { readonly classes: readonly number[]; readonly count: number } {
  const classes: number[] = [];
  let count = 0;
  for (const { kind, classes: now, count: counted } of after) {
    const then = before.find((one) => one.kind === kind);
    for (const [at, value] of now.entries()) {
      classes[at] = (classes[at] ?? 0) + value - (then?.classes[at] ?? 0);
    }
    count += counted - (then?.count ?? 0);
  }
  return { classes, count };
}

/**
 * The value below which this share of the durations lies, as well as classes can tell it: within a class
 * they count as spread evenly. Null: there were none. Longer than every class counts as the last end.
 */
export function percentile(
  { classes, count }: { readonly classes: readonly number[]; readonly count: number },
  ends: readonly number[],
  share: number,
): number | null {
  if (count <= 0) return null;
  const wanted = count * share;
  let below = 0;
  for (const [at, inClass] of classes.entries()) {
    if (below + inClass >= wanted && inClass > 0) {
      const from = ends[at - 1] ?? 0;
      const to = ends[at] ?? from;
      return from + ((to - from) * (wanted - below)) / inClass;
    }
    below += inClass;
  }
  return ends.at(-1) ?? null;
}
