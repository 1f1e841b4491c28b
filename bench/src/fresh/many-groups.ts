import type { ChildProcess } from 'node:child_process';
import { startDomain } from '../group-services/gs-domain.js';
import type { MemberCalls } from '../member/member-calls.js';
import { monotonicNs } from '../member/monotonic.js';
import { RemoteCaller } from '../remote-calls.js';
import { CLUSTER_SIZE, type StartContext } from '../system.js';
import type { Metric } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/** What joins at once of the second and of the third daemon, at most. */
const JOINS_AT_ONCE = 1_000;
/** No call of this work takes longer on a machine on which it is worth measuring. */
const TIMEOUT_MS = 300_000;

/** What one run comes to; times in milliseconds. */
interface ManyGroups {
  /** From the kill of the daemon that leads all groups to the last of the others that is told. */
  readonly allTold: number;
  readonly secondJoins: number;
  readonly thirdJoins: number;
  /** From the start of that daemon to the last group that is joined again and seen by all. */
  readonly joinedAgain: number;
  /** Memberships that ended although their daemons lived, and joins that failed. */
  readonly lost: number;
}

const METRICS: readonly (Metric & { readonly key: keyof ManyGroups })[] = [
  { key: 'secondJoins', name: 'joins at once, second daemon', unit: 'ms', better: 'lower' },
  { key: 'thirdJoins', name: 'joins at once, third daemon', unit: 'ms', better: 'lower' },
  { key: 'allTold', name: 'leader killed, all told', unit: 'ms', better: 'lower' },
  { key: 'joinedAgain', name: 'restarted, all joined again', unit: 'ms', better: 'lower' },
  { key: 'lost', name: 'living memberships lost', unit: 'total', better: 'lower' },
];

/**
 * Three daemons that are all in very many groups, which one of them leads, and what happens when it dies
 * and comes back: the most that can happen to daemons at one moment.
 */
export function manyGroups(groups: number): FreshWork {
  return {
    id: 'W7',
    title: `${groups} groups of three daemons`,
    onRequest: true,
    metrics: METRICS,
    most: 5,
    warmUp: false,
    measure: async (context) => {
      const run = await runOnce(groups, context);
      return METRICS.map(({ key }) => run[key]);
    },
  };
}

type Caller = RemoteCaller<MemberCalls>;

/** A process that is in all groups at one daemon. */
interface Herd {
  readonly child: ChildProcess;
  readonly caller: Caller;
}

async function runOnce(groups: number, context: StartContext): Promise<ManyGroups> {
  const domain = await startDomain(context);
  const herds: Herd[] = [];
  const herd = (): Caller => {
    const label = `${domain.prefix} herd`;
    const child = context.processes.fork(context.memberEntry, label);
    const caller = new RemoteCaller<MemberCalls>(child, label);
    herds.push({ child, caller });
    return caller;
  };
  const first = herd();
  const second = herd();
  const third = herd();
  const [atFirst = '', atSecond = '', atThird = ''] = domain.sockets;
  const some = Math.min(groups, JOINS_AT_ONCE);
  let failed = 0;
  const join = async (caller: Caller, endpoint: string, from: number, to: number) => {
    const joined = await caller.call('herdJoin', { endpoint, from, to }, TIMEOUT_MS);
    failed += joined.failed;
    return (joined.settledNs - joined.firstCallNs) / 1e6;
  };
  const see = async (callers: readonly Caller[], providers: number): Promise<number> => {
    const calls = callers.map((caller) => caller.call('herdSees', providers, TIMEOUT_MS));
    return Math.max(...(await Promise.all(calls)));
  };

  await join(first, atFirst, 0, groups);
  const secondJoins = await join(second, atSecond, 0, some);
  await join(second, atSecond, some, groups);
  const thirdJoins = await join(third, atThird, 0, some);
  await join(third, atThird, some, groups);
  await see([first, second, third], CLUSTER_SIZE);

  const killedNs = monotonicNs();
  context.processes.kill(domain.daemons[0]);
  const allTold = ((await see([second, third], CLUSTER_SIZE - 1)) - killedNs) / 1e6;

  const startedNs = monotonicNs();
  await domain.restart(0);
  const again = herd();
  await join(again, atFirst, 0, groups);
  const joinedAgain = ((await see([again, second, third], CLUSTER_SIZE)) - startedNs) / 1e6;
  const ended = await Promise.all(
    [second, third, again].map((caller) => caller.call('herdLost', undefined)),
  );
  await Promise.all(herds.map(({ child }) => context.processes.stop(child)));
  await domain.stop();
  const lost = ended.reduce((sum, each) => sum + each, failed);
  return { allTold, secondJoins, thirdJoins, joinedAgain, lost };
}
