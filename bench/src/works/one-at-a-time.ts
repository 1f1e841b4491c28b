import type { LatencyResult, WhatIsSent } from '../member/member-calls.js';
import type { Cluster } from '../system.js';
import { nextRun, type Scale } from './work.js';

/** Times of one run, in the order in which things were sent. */
export interface Course {
  /** From the call to the sender's own delivery. */
  readonly ownUs: readonly number[];
  /** From the call to the delivery at the slowest member. */
  readonly allUs: readonly number[];
  /** How many a second, the next one sent when the last has come back to its sender. */
  readonly perSecond: number;
}

/** Member 0 sends one thing, waits for its own delivery, sends the next; all note what they see. */
export async function oneAtATime(
  { members }: Cluster,
  { what, scale }: { readonly what: WhatIsSent; readonly scale: Pick<Scale, 'size' | 'rounds'> },
): Promise<Course> {
  const run = nextRun();
  const { size, rounds } = scale;
  await Promise.all(
    members.map((member, index) => {
      const order = { run, member: index, size, rounds, what, sends: index === 0 };
      return member.call('prepare', { kind: 'latency', order });
    }),
  );
  return courseOf(await Promise.all(members.map((member) => member.call('latency', undefined))));
}

/** Puts together what the members saw; the first of them has sent. */
export function courseOf(results: readonly LatencyResult[]): Course {
  const [sender] = results;
  const firstSent = sender?.sentNs[0];
  const lastSeen = sender?.seenNs.at(-1);
  if (sender === undefined || firstSent === undefined || lastSeen === undefined) {
    throw new Error('nobody has sent anything');
  }
  const sinceSent = (seenNs: readonly number[]) =>
    sender.sentNs.map((sentNs, round) => ((seenNs[round] ?? Number.NaN) - sentNs) / 1000);
  const delays = results.map(({ seenNs }) => sinceSent(seenNs));
  const allUs = sender.sentNs.map((_sent, round) =>
    Math.max(...delays.map((ofMember) => ofMember[round] ?? Number.NaN)),
  );
  const perSecond = (sender.sentNs.length * 1e9) / (lastSeen - firstSent);
  return { ownUs: sinceSent(sender.seenNs), allUs, perSecond };
}
