import { monotonicNs } from './member/monotonic.js';
import type { Result } from './runner.js';
import { summarize } from './statistics.js';
import { CLUSTER_SIZE, type KillableCluster, type StartContext } from './system.js';

/** One kind of death, and who is left to see it. */
interface Kill {
  readonly id: 'W4a' | 'W4b' | 'W4c';
  readonly title: string;
  readonly kill: (cluster: KillableCluster) => void;
  /** Members that live on. */
  readonly survivors: readonly number[];
}

/** Member i is on daemon (i + 1) mod 3, and daemon 0 leads. */
const KILLS: readonly Kill[] = [
  {
    id: 'W4a',
    title: 'kill of a process, to the event at all others',
    kill: (cluster) => cluster.killMember(0),
    survivors: [1, 2],
  },
  {
    id: 'W4b',
    title: 'kill of a daemon, to the event at all others',
    kill: (cluster) => cluster.killDaemon(2),
    survivors: [0, 2],
  },
  {
    id: 'W4c',
    title: 'kill of the leader daemon, to the event at all others',
    kill: (cluster) => cluster.killDaemon(0),
    survivors: [0, 1],
  },
];

export interface KillPlan {
  readonly only: readonly string[] | undefined;
  readonly repetitions: number;
  readonly start: (context: StartContext, size: number) => Promise<KillableCluster>;
  readonly name: string;
}

/** Works that leave a cluster broken: each repetition gets a fresh one. */
export async function measureKills(
  plan: KillPlan,
  context: StartContext,
  onProgress: (line: string) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const kind of KILLS) {
    if (plan.only !== undefined && !plan.only.some((id) => kind.id.startsWith(id))) continue;
    onProgress(`${kind.id} ${kind.title}`);
    const figures: number[] = [];
    for (let repetition = 0; repetition <= plan.repetitions; repetition += 1) {
      const figure = await measureOne(kind, await plan.start(context, CLUSTER_SIZE));
      // The first one measures the compiler.
      if (repetition > 0) figures.push(figure);
    }
    const metric = { name: 'seen after', unit: 'ms', better: 'lower' as const };
    const { id: work, title } = kind;
    const summary = summarize(figures);
    results.push({
      work,
      title,
      system: plan.name,
      metric,
      figures,
      summary,
      sameOrder: undefined,
    });
  }
  return results;
}

/** Milliseconds from the kill to the list without the dead at the slowest survivor. */
async function measureOne(kind: Kill, cluster: KillableCluster): Promise<number> {
  const killedNs = monotonicNs();
  kind.kill(cluster);
  const seen = await Promise.all(
    cluster.members
      .filter((_member, index) => kind.survivors.includes(index))
      .map((member) => member.call('view', CLUSTER_SIZE - 1)),
  );
  await cluster.stop();
  return (Math.max(...seen) - killedNs) / 1e6;
}
