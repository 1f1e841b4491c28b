import type { CrowdJoin, CrowdResult } from '../group-services/crowd-calls.js';
import { startDomain } from '../group-services/gs-domain.js';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import type { StartContext } from '../system.js';
import type { Metric } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/** As in `--only`. */
const JOINS_WORK = 'W3';

/** How a crowd joins. */
interface Joining {
  readonly title: string;
  readonly batch: CrowdJoin['batch'];
  readonly joinPhases: CrowdJoin['joinPhases'];
  /** One by one takes minutes with a thousand: everybody is told everybody's join. */
  readonly repetitions: number;
}

const JOININGS: readonly Joining[] = [
  { title: 'one by one, one phase', batch: 'none', joinPhases: 1, repetitions: 1 },
  { title: 'batched, one phase', batch: 'joins', joinPhases: 1, repetitions: 3 },
  { title: 'one by one, voted', batch: 'none', joinPhases: 'voting', repetitions: 1 },
  { title: 'batched, voted', batch: 'joins', joinPhases: 'voting', repetitions: 3 },
];

const METRICS: readonly Metric[] = [
  { name: 'all joined', unit: 'ms', better: 'lower' },
  { name: 'all see all', unit: 'ms', better: 'lower' },
  { name: 'joins', unit: '1/s', better: 'higher' },
  { name: 'lists', unit: 'total', better: 'lower' },
  { name: 'read by all', unit: 'MB', better: 'lower' },
];

/** Real processes that share the connections; two for each daemon. */
const PROCESSES = 6;
const TIMEOUT_MS = 1_800_000;

/**
 * A crowd joins one group: batched all at once, one by one as fast as each process of the crowd gets
 * its answers.
 */
export function joinWorks(joins: number): readonly FreshWork[] {
  return JOININGS.map((joining) => ({
    id: JOINS_WORK,
    title: `${joins} joins, ${joining.title}`,
    onRequest: true,
    metrics: METRICS,
    most: joining.repetitions,
    warmUp: false,
    measure: async (context) => figuresOf(await joinOnce(joining, joins, context), joins),
  }));
}

async function joinOnce(
  { batch, joinPhases }: Joining,
  joins: number,
  context: StartContext,
): Promise<readonly CrowdResult[]> {
  const domain = await startDomain(context);
  const { sockets, prefix } = domain;
  const children = Array.from({ length: PROCESSES }, (_, index) => {
    const label = `${prefix} crowd ${index}`;
    const child = context.processes.fork(context.memberEntry, label);
    return { child, caller: new RemoteCaller<MemberCalls>(child, label) };
  });
  await Promise.all(
    children.map(({ caller }, index) =>
      caller.call('crowd', {
        endpoint: sockets[index % sockets.length] ?? '',
        connections: crowdOf(joins, PROCESSES, index),
      }),
    ),
  );
  const order = { group: 'bench', batch, joinPhases, atOnce: batch === 'joins', expected: joins };
  const results = await Promise.all(
    children.map(({ caller }) => caller.call('crowdJoin', order, TIMEOUT_MS)),
  );
  await Promise.all(children.map(({ child }) => context.processes.stop(child)));
  await domain.stop();
  return results;
}

/** How many of `total` connections one process has; they differ by one at most. */
export function crowdOf(total: number, processes: number, index: number): number {
  return Math.floor((total + index) / processes);
}

/** In the order of the metrics; the bytes are left out where nobody counts them. */
export function figuresOf(results: readonly CrowdResult[], joins: number): readonly number[] {
  const first = Math.min(...results.map(({ firstCallNs }) => firstCallNs));
  const joined = (Math.max(...results.map(({ lastJoinedNs }) => lastJoinedNs)) - first) / 1e6;
  const seen = (Math.max(...results.map(({ allSeenNs }) => allSeenNs)) - first) / 1e6;
  const lists = Math.max(...results.map((result) => result.lists));
  const counted = results.flatMap(({ bytesRead }) => bytesRead ?? []);
  const bytes = counted.reduce((sum, each) => sum + each, 0);
  const read = counted.length === results.length ? [bytes / 1e6] : [];
  return [joined, seen, (joins * 1000) / joined, lists, ...read];
}
