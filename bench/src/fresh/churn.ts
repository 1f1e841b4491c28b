import { startDomain } from '../group-services/gs-domain.js';
import { BENCH_GROUP, membersOf } from '../group-services/gs-system.js';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import { percentile } from '../statistics.js';
import { type StartContext, USUAL } from '../system.js';
import type { FreshWork } from './fresh-work.js';

const ROUNDS = 300;
/** Those before are warm-up. */
const COUNTED_FROM = 100;

/** A fourth process joins and leaves again and again, at a daemon that is in the group already. */
export const CHURN_WORK: FreshWork = {
  id: 'W10',
  title: 'one process joins and leaves, to the slowest of three',
  onRequest: false,
  metrics: [
    { name: 'join p50', unit: 'us', better: 'lower' },
    { name: 'join p99', unit: 'us', better: 'lower' },
    { name: 'leave p50', unit: 'us', better: 'lower' },
    { name: 'leave p99', unit: 'us', better: 'lower' },
  ],
  most: Infinity,
  warmUp: false,
  measure: churnOnce,
};

async function churnOnce(context: StartContext): Promise<readonly number[]> {
  const domain = await startDomain(context);
  const members = await membersOf(context, domain, USUAL);
  const label = `${domain.prefix} churn`;
  const child = context.processes.fork(context.memberEntry, label);
  const caller = new RemoteCaller<MemberCalls>(child, label);
  const [, endpoint = ''] = domain.sockets;
  const { joinNs, leaveNs } = await caller.call('churn', {
    endpoint,
    group: BENCH_GROUP,
    rounds: ROUNDS,
  });
  const [sinceNs = 0] = joinNs;
  const order = { sinceNs, count: 2 * ROUNDS };
  const seen = await Promise.all(members.map((member) => member.caller.call('lists', order)));
  await Promise.all([...members, { child }].map((each) => context.processes.stop(each.child)));
  await domain.stop();
  const delays = (calls: readonly number[], offset: number) =>
    calls
      .map(
        (atNs, round) =>
          Math.max(...seen.map((lists) => (lists[2 * round + offset] ?? Number.NaN) - atNs)) / 1000,
      )
      .slice(COUNTED_FROM);
  return [delays(joinNs, 0), delays(leaveNs, 1)].flatMap((samples) => [
    percentile(samples, 0.5),
    percentile(samples, 0.99),
  ]);
}
