import type { Cluster, Shape } from '../system.js';

/** How much of each work one repetition does. */
export interface Scale {
  /** Messages of a throughput run, all senders together. */
  readonly count: number;
  /** Messages or state changes of a run that has one at a time. */
  readonly rounds: number;
  /** Rounds of a barrier. */
  readonly barriers: number;
  /** Bytes per message and state value. */
  readonly size: number;
  /** Messages a sender may have outstanding. */
  readonly window: number;
}

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** One figure per metric, in the order of `Work.metrics`. */
export interface Measurement {
  readonly figures: readonly number[];
  /** Whether all members saw all messages in one order; undefined where nobody looked. */
  readonly sameOrder: boolean | undefined;
}

/** A work definition: the same for every system. */
export interface Work {
  /** As in `--only`; several works may share one. */
  readonly id: string;
  readonly title: string;
  /** What the cluster must be. */
  readonly shape: Shape;
  readonly metrics: readonly Metric[];
  measure(cluster: Cluster, scale: Scale): Promise<Measurement>;
}

let lastRun = 0;

/** A number that no earlier run had: what is still on its way from one of those is recognised. */
export function nextRun(): number {
  lastRun += 1;
  return lastRun;
}
