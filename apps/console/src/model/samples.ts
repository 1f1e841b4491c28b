import type { Counters } from '../api/answers.js';
import { between, percentile } from './percentiles.js';

/** What charts show of one moment: rates since the answer before, and levels. Null: not known. */
export interface Sample {
  readonly at: number;
  readonly counters: Counters;
  readonly messagesPerSecond: number | null;
  readonly changesPerSecond: number | null;
  readonly phaseMs: readonly [p50: number | null, p95: number | null, p99: number | null];
  readonly retainedBytes: number | null;
  readonly delayMs: readonly [p50: number | null, p99: number | null];
  /** Share of one processor. */
  readonly processor: number | null;
}

const KEPT_MS = 600_000;

/** With one more answer; the oldest are left out. */
export function sampled(samples: readonly Sample[], counters: Counters): readonly Sample[] {
  const before = samples.at(-1)?.counters;
  const { at } = counters;
  // Started again, it counts from nothing.
  const isRate = before !== undefined && at > before.at && total(counters) >= total(before);
  const kept = samples.filter((sample) => sample.at >= at - KEPT_MS);
  return [...kept, isRate ? since(before, counters) : levels(counters)];
}

function levels(counters: Counters): Sample {
  const { at, retainedBytes = null, loopDelay } = counters;
  return {
    at,
    counters,
    messagesPerSecond: null,
    changesPerSecond: null,
    phaseMs: [null, null, null],
    retainedBytes,
    delayMs: [loopDelay?.p50 ?? null, loopDelay?.p99 ?? null],
    processor: null,
  };
}

function since(before: Counters, now: Counters): Sample {
  const ms = now.at - before.at;
  const perSecond = (count: number): number => (count * 1_000) / ms;
  const phases = between(before.phaseMs ?? [], now.phaseMs ?? []);
  const ends = now.classesMs ?? [];
  const processor =
    now.processorMs === undefined ? null : now.processorMs - (before.processorMs ?? 0);
  return {
    ...levels(now),
    messagesPerSecond:
      now.messages === undefined ? null : perSecond(now.messages - (before.messages ?? 0)),
    changesPerSecond: perSecond(total(now) - total(before)),
    phaseMs: [
      percentile(phases, ends, 0.5),
      percentile(phases, ends, 0.95),
      percentile(phases, ends, 0.99),
    ],
    processor: processor === null ? null : processor / ms,
  };
}

/** Changes: of a table, or protocols that were more than a message. */
function total({ changes = 0, protocols = [] }: Counters): number {
  return protocols
    .filter(({ kind, outcome }) => kind !== 'message' || outcome !== 'approved')
    .reduce((sum, { count }) => sum + count, changes);
}
