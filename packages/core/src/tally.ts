/**
 * Counting in engines: plain numbers that whoever runs the engine turns into metrics. Nothing in an
 * engine depends on what is counted.
 */

/** One count for each combination of labels; which there are is up to whoever counts. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(n: number, ...labels: readonly string[]): void {
    const key = labels.join('\n');
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + n);
  }

  of(...labels: readonly string[]): number {
    return this.#counts.get(labels.join('\n')) ?? 0;
  }

  /** Each combination of labels with its count. */
  entries(): readonly (readonly [labels: readonly string[], count: number])[] {
    return [...this.#counts].map(([key, count]) => [key.split('\n'), count] as const);
  }
}

/** Upper ends of the classes of {@link Durations}, in milliseconds; what is longer has none. */
export const DURATION_CLASSES_MS = [
  1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
] as const;

/** How often a duration fell into each class. */
export interface DurationCounts {
  /** Parallel to {@link DURATION_CLASSES_MS}; each counts those in its own class only. */
  readonly classes: readonly number[];
  readonly count: number;
  readonly sumMs: number;
}

/** Durations by one label. */
export class Durations {
  readonly #byLabel = new Map<string, { classes: number[]; count: number; sumMs: number }>();

  add(ms: number, label: string): void {
    let known = this.#byLabel.get(label);
    if (known === undefined) {
      known = { classes: DURATION_CLASSES_MS.map(() => 0), count: 0, sumMs: 0 };
      this.#byLabel.set(label, known);
    }
    known.count += 1;
    known.sumMs += ms;
    const place = DURATION_CLASSES_MS.findIndex((end) => ms <= end);
    if (place >= 0) known.classes[place] = (known.classes[place] ?? 0) + 1;
  }

  entries(): readonly (readonly [label: string, counts: DurationCounts])[] {
    return [...this.#byLabel];
  }
}
