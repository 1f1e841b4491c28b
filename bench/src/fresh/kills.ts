import { groupServices } from '../group-services/gs-system.js';
import { monotonicNs } from '../member/monotonic.js';
import { CLUSTER_SIZE, type KillableCluster, USUAL } from '../system.js';
import type { Metric } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/** One kind of death, and who is left to see it. */
interface Kill {
  readonly id: 'W4a' | 'W4b' | 'W4c';
  readonly title: string;
  readonly kill: (cluster: KillableCluster) => void;
  /** Members that live on; the first of them sends all the time. */
  readonly survivors: readonly [number, number];
}

/** Member i is on daemon (i + 1) mod 3, and daemon 0 leads. */
const KILLS: readonly Kill[] = [
  {
    id: 'W4a',
    title: 'kill of a process',
    kill: (cluster) => cluster.killMember(0),
    survivors: [1, 2],
  },
  {
    id: 'W4b',
    title: 'kill of a daemon',
    kill: (cluster) => cluster.killDaemon(2),
    survivors: [0, 2],
  },
  {
    id: 'W4c',
    title: 'kill of the leader daemon',
    kill: (cluster) => cluster.killDaemon(0),
    survivors: [0, 1],
  },
];

const METRICS: readonly Metric[] = [
  { name: 'seen by all others', unit: 'ms', better: 'lower' },
  { name: 'longest wait for a message', unit: 'ms', better: 'lower' },
];

/** Works that leave a cluster broken. */
export const KILL_WORKS: readonly FreshWork[] = KILLS.map((kind) => ({
  id: kind.id,
  title: kind.title,
  onRequest: false,
  metrics: METRICS,
  most: Infinity,
  // The first one measures the compiler.
  warmUp: true,
  measure: async (context) => measureOne(kind, await groupServices.start(context, USUAL)),
}));

/**
 * Milliseconds from the kill to the list without the dead at the slowest survivor, and the longest that
 * a survivor waited meanwhile for a message of its own, sent a millisecond after the one before.
 */
async function measureOne(kind: Kill, cluster: KillableCluster): Promise<readonly number[]> {
  const [sender] = kind.survivors;
  await cluster.members[sender]?.call('pulse', undefined);
  const killedNs = monotonicNs();
  kind.kill(cluster);
  const seen = await Promise.all(
    cluster.members
      .filter((_member, index) => kind.survivors.includes(index))
      .map((member) => member.call('view', CLUSTER_SIZE - 1)),
  );
  const longestNs = (await cluster.members[sender]?.call('stopPulse', undefined)) ?? Number.NaN;
  await cluster.stop();
  return [(Math.max(...seen) - killedNs) / 1e6, longestNs / 1e6];
}
