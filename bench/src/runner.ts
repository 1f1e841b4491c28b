import { type Summary, summarize } from './statistics.js';
import type { Cluster, StartContext, System } from './system.js';
import type { Measurement, Metric, Scale, Work } from './works/work.js';

export interface BenchPlan {
  readonly systems: readonly System[];
  readonly works: readonly Work[];
  readonly repetitions: number;
  readonly scale: Scale;
}

/** All repetitions of one metric of one work at one system. */
export interface Result {
  readonly work: string;
  readonly title: string;
  readonly system: string;
  readonly metric: Metric;
  readonly figures: readonly number[];
  readonly summary: Summary;
  /** False when in any repetition, warm-up included, the members' orders differed. */
  readonly sameOrder: boolean | undefined;
}

/**
 * Measures all works at all systems within one run. The systems stand side by side and the
 * repetitions alternate between them, so that what else the machine does meets them alike. The
 * first repetition at each is thrown away: it measures the compiler.
 */
export async function runBench(
  plan: BenchPlan,
  context: StartContext,
  onProgress: (line: string) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const works of byShape(plan.works)) {
    const stands: Stand[] = [];
    for (const system of plan.systems) {
      const [{ shape }] = works;
      onProgress(`starting ${system.name}: ${shape.daemons} daemons, ${shape.members} members`);
      stands.push({ system, cluster: await system.start(context, shape) });
    }
    for (const work of works) {
      onProgress(`${work.id} ${work.title}`);
      results.push(...(await measureAlternating(work, plan, stands)));
    }
    await Promise.all(stands.map(({ cluster }) => cluster.stop()));
  }
  return results;
}

/** Works that can share one cluster. */
function byShape(works: readonly Work[]): readonly (readonly [Work, ...Work[]])[] {
  const shapes = new Map<string, [Work, ...Work[]]>();
  for (const work of works) {
    const { daemons, members, groups } = work.shape;
    const key = [daemons, members, groups].join();
    const alike = shapes.get(key);
    if (alike === undefined) shapes.set(key, [work]);
    else alike.push(work);
  }
  return [...shapes.values()];
}

interface Stand {
  readonly system: System;
  readonly cluster: Cluster;
}

async function measureAlternating(
  work: Work,
  { repetitions, scale }: BenchPlan,
  stands: readonly Stand[],
): Promise<readonly Result[]> {
  const measured = new Map<System, Measurement[]>(stands.map(({ system }) => [system, []]));
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    // Every other round in reverse, so that nobody always comes right after the same neighbour.
    const round = repetition % 2 === 0 ? stands : stands.toReversed();
    for (const { system, cluster } of round) {
      measured.get(system)?.push(await work.measure(cluster, scale));
    }
  }
  return stands.flatMap(({ system }) => resultsOf(work, system, measured.get(system) ?? []));
}

/** The first measurement is the warm-up: it counts for the order, not for the figures. */
function resultsOf(work: Work, system: System, measurements: readonly Measurement[]): Result[] {
  const checked = measurements.flatMap(({ sameOrder }) => sameOrder ?? []);
  const sameOrder = checked.length === 0 ? undefined : checked.every(Boolean);
  return work.metrics.map((metric, index) => {
    const figures = measurements
      .slice(1)
      .flatMap((measurement) => measurement.figures[index] ?? []);
    return {
      work: work.id,
      title: work.title,
      system: system.name,
      metric,
      figures,
      summary: summarize(figures),
      sameOrder,
    };
  });
}
