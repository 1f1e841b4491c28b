import { CLUSTER_SIZE } from '../system.js';
import { nextRun, type Work } from './work.js';

/** W1: ordered messages per second that reach every member. */
export function throughput(senders: number): Work {
  return {
    id: 'W1',
    title: `ordered multicast, ${senders} sender${senders === 1 ? '' : 's'}`,
    members: CLUSTER_SIZE,
    metrics: [{ name: 'throughput', unit: 'msg/s', better: 'higher' }],
    measure: async ({ members }, scale) => {
      const run = nextRun();
      const { size, window, count: total } = scale;
      await Promise.all(
        members.map((member, index) => {
          const quota = shareOf(total, senders, index);
          const order = { run, member: index, size, total, quota, window };
          return member.call('prepare', { kind: 'throughput', order });
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

/** Divides the total evenly among the first `senders` members; the first one takes the rest. */
export function shareOf(total: number, senders: number, member: number): number {
  if (member >= senders) return 0;
  const even = Math.floor(total / senders);
  return member === 0 ? total - even * (senders - 1) : even;
}
