import { Counters } from './counters.js';
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
  const results = new Map<number, ChunkResult>();
  const work = async (job: number): Promise<void> => {
    while (next < stopAt) {
      const chunk = { from: next, seeds: Math.min(CHUNK, end - next) };
      next += chunk.seeds;
      const result = await options.run(chunk, job);
      results.set(chunk.from, result);
      // What was handed out before has lower seeds and is finished; nothing beyond is begun.
      if (result.failures.length > 0 && afterFailure === 'stop') {
        stopAt = Math.min(stopAt, chunk.from + chunk.seeds);
      }
      options.progressed?.(totalOf(results.values()));
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, job) => work(job)));
  return totalOf([...results.values()].filter((result) => result.from < stopAt));
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

function totalOf(results: Iterable<ChunkResult>): Totals {
  const counters = new Counters();
  const failures: FailedSeed[] = [];
  let seeds = 0;
  let virtualMs = 0;
  let digest = 0;
  // By seed, so that sums of fractions come out the same.
  for (const result of [...results].sort((a, b) => a.from - b.from)) {
    seeds += result.seeds;
    virtualMs += result.virtualMs;
    digest ^= result.digest;
    counters.addAll(result.counts);
    failures.push(...result.failures);
  }
  return { seeds, virtualMs, digest: digest >>> 0, counters, failures };
}
