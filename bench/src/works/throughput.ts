import type { WhatIsSent } from '../member/member-calls.js';
import { CLUSTER_SIZE, type Shape, USUAL } from '../system.js';
import { nextRun, type Work } from './work.js';

interface Throughput {
  readonly senders: number;
  /** Bytes per message; undefined: what the scale says. */
  readonly size?: number;
  /** Part of the messages of the scale, where these cost more. */
  readonly share?: number;
  readonly shape?: Shape;
  readonly what?: WhatIsSent;
}

/** Changes that a process may have proposed and not yet seen; a provider may have 1,024 open ones. */
const CHANGES_AHEAD = 256;

/** W1: ordered messages or state changes per second that reach every member. */
export function throughput(options: Throughput): Work {
  const { senders, size: own, share = 1, shape = USUAL, what = 'message' } = options;
  return {
    id: what === 'message' ? 'W1' : 'W6',
    title: titleOf(options),
    shape,
    metrics: [{ name: 'throughput', unit: 'msg/s', better: 'higher' }],
    measure: async ({ members }, scale) => {
      const run = nextRun();
      const size = own ?? scale.size;
      const total = Math.ceil(scale.count * share);
      const window = what === 'message' ? scale.window : Math.min(scale.window, CHANGES_AHEAD);
      await Promise.all(
        members.map((member, index) => {
          const quota = shareOf(total, senders, index);
          const { groups } = shape;
          const order = { run, member: index, size, total, quota, window, what, groups };
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

const TITLES = {
  message: 'ordered multicast',
  state: 'state changes pipelined, one phase',
  'voted-state': 'state changes pipelined, voted',
} as const;

function titleOf({ senders, size, shape = USUAL, what = 'message' }: Throughput): string {
  const { daemons, members, groups } = shape;
  return [
    TITLES[what],
    ...(size === undefined ? [] : [sizeText(size)]),
    `${senders} sender${senders === 1 ? '' : 's'}`,
    ...(daemons === CLUSTER_SIZE ? [] : [`${daemons} daemons`]),
    ...(members === CLUSTER_SIZE || members === daemons ? [] : [`${members} members`]),
    ...(groups === 1 ? [] : [`${groups} groups`]),
  ].join(', ');
}

function sizeText(bytes: number): string {
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

/** Divides the total evenly among the first `senders` members; the first one takes the rest. */
export function shareOf(total: number, senders: number, member: number): number {
  if (member >= senders) return 0;
  const even = Math.floor(total / senders);
  return member === 0 ? total - even * (senders - 1) : even;
}
