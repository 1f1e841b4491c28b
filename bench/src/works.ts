import type { Cluster } from './system.js';

/** How much of each work one repetition does. */
export interface Scale {
  /** Messages of a throughput run, all senders together. */
  readonly count: number;
  /** Messages of a latency run. */
  readonly rounds: number;
  /** Bytes per message. */
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
  readonly metrics: readonly Metric[];
  measure(cluster: Cluster, scale: Scale): Promise<Measurement>;
}

/** W1 with one and with three senders, W2. */
export const WORKS: readonly Work[] = [throughput(1), throughput(3), latency()];

/** W1: ordered messages per second that reach every member. */
function throughput(senders: number): Work {
  return {
    id: 'W1',
    title: `ordered multicast, ${senders} sender${senders === 1 ? '' : 's'}`,
    metrics: [{ name: 'throughput', unit: 'msg/s', better: 'higher' }],
    measure: async ({ members }, scale) => {
      const run = nextRun();
      const { size, window, count: total } = scale;
      await Promise.all(
        members.map((member, index) => {
          const quota = shareOf(total, senders, index);
          return member.call('prepare', { run, member: index, size, total, quota, window });
        }),
      );
      const results = await Promise.all(
        members.map((member) => member.call('throughput', undefined)),
      );
      const first = Math.min(...results.map((result) => result.firstSendNs ?? Infinity));
      const last = Math.max(...results.map((result) => result.lastDeliveryNs));
      const hashes = new Set(results.map((result) => result.orderHash));
      const sameOrder = hashes.size === 1 && results.every((result) => result.intact);
      return { figures: [(total * 1e9) / (last - first)], sameOrder };
    },
  };
}

/** W2: time from send to own ordered delivery at member 0, one message at a time. */
function latency(): Work {
  return {
    id: 'W2',
    title: 'one at a time, send to own delivery',
    metrics: [
      { name: 'p50', unit: 'us', better: 'lower' },
      { name: 'p99', unit: 'us', better: 'lower' },
    ],
    measure: async ({ members }, { size, rounds }) => {
      const [first] = members;
      if (first === undefined) throw new Error('a cluster without members');
      const { p50, p99 } = await first.call('latency', { run: nextRun(), member: 0, size, rounds });
      return { figures: [p50, p99], sameOrder: undefined };
    },
  };
}

/** Divides the total evenly among the first `senders` members; the first one takes the rest. */
export function shareOf(total: number, senders: number, member: number): number {
  if (member >= senders) return 0;
  const even = Math.floor(total / senders);
  return member === 0 ? total - even * (senders - 1) : even;
}

let lastRun = 0;
function nextRun(): number {
  lastRun += 1;
  return lastRun;
}
