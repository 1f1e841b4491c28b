import { Counters } from '../counters.js';
import { type Failure, runSeed, type SeedResult } from './run-seed.js';

/** A range of seeds for one job. */
export interface Chunk {
  readonly from: number;
  readonly seeds: number;
}

/** What one chunk came to; plain data, since it may come from another thread. */
export interface ChunkResult extends Chunk {
  readonly virtualMs: number;
  /** Of all digests; the order of seeds does not matter. */
  readonly digest: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly failures: readonly FailedSeed[];
}

export interface FailedSeed {
  readonly seed: number;
  readonly failure: Pick<Failure, 'checker' | 'text'>;
}

/** Everything that many seeds came to: the same, whatever the number of jobs. */
export interface Totals {
  readonly seeds: number;
  readonly virtualMs: number;
  readonly digest: number;
  readonly counters: Counters;
  /** By seed. */
  readonly failures: readonly FailedSeed[];
}

export interface BatchOptions {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  /** What to do after a failure; `stop` still finishes all seeds before the first that failed. */
  readonly afterFailure: 'stop' | 'keep-going';
  /** Runs one chunk, wherever. */
  readonly run: (chunk: Chunk, job: number) => Promise<ChunkResult>;
  readonly progressed?: (totals: Totals) => void;
}

const CHUNK = 10;

/** Runs every seed of a range, each chunk by whichever job is free. */
export async function runBatch(options: BatchOptions): Promise<Totals> {
  const { from, seeds, jobs, afterFailure } = options;
  const end = from + seeds;
  let next = from;
  let stopAt = end;
  const sum = new RunningSum(from, afterFailure);
  const work = async (job: number): Promise<void> => {
    while (next < stopAt) {
      const chunk = { from: next, seeds: Math.min(CHUNK, end - next) };
      next += chunk.seeds;
      const result = await options.run(chunk, job);
      // What was handed out before has lower seeds and is finished; nothing beyond is begun.
      if (result.failures.length > 0 && afterFailure === 'stop') {
        stopAt = Math.min(stopAt, chunk.from + chunk.seeds);
      }
      sum.add(result);
      options.progressed?.(sum.totals);
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(job)));
  return sum.totals;
}

/**
 * Adds up chunks by seed, so that sums of fractions and the first failure come out the same, whichever
 * job is done first. It holds only the chunks that overtook a slower one.
 */
class RunningSum {
  readonly #counters = new Counters();
  readonly #failures: FailedSeed[] = [];
  readonly #early = new Map<number, ChunkResult>();
  readonly #afterFailure: BatchOptions['afterFailure'];
  #next: number;
  #seeds = 0;
  #virtualMs = 0;
  #digest = 0;

  constructor(from: number, afterFailure: BatchOptions['afterFailure']) {
    this.#next = from;
    this.#afterFailure = afterFailure;
  }

  /** Of everything up to the first seed that is still missing. */
  get totals(): Totals {
    return {
      seeds: this.#seeds,
      virtualMs: this.#virtualMs,
      digest: this.#digest >>> 0,
      counters: this.#counters,
      failures: this.#failures,
    };
  }

  add(result: ChunkResult): void {
    this.#early.set(result.from, result);
    for (;;) {
      const due = this.#early.get(this.#next);
      if (due === undefined) return;
      this.#early.delete(this.#next);
      // Nothing beyond the first failure belongs to a run that stops there.
      if (this.#failures.length > 0 && this.#afterFailure === 'stop') return;
      this.#next += due.seeds;
      this.#seeds += due.seeds;
      this.#virtualMs += due.virtualMs;
      this.#digest ^= due.digest;
      this.#counters.addAll(due.counts);
      this.#failures.push(...due.failures);
    }
  }
}

/** Runs a chunk here and now. */
export function runChunk(
  { from, seeds }: Chunk,
  run: (seed: number) => SeedResult = (seed) => runSeed({ seed }),
): ChunkResult {
  const counters = new Counters();
  const failures: FailedSeed[] = [];
  let virtualMs = 0;
  let digest = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = run(seed);
    virtualMs += result.virtualMs;
    digest ^= Number.parseInt(result.digest.slice(8), 16);
    counters.add(result.counters);
    if (result.failure === undefined) continue;
    const { checker, text } = result.failure;
    failures.push({ seed, failure: { checker, text } });
  }
  return { from, seeds, virtualMs, digest, counts: counters.entries(), failures };
}
