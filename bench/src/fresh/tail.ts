import { startDomain } from '../group-services/gs-domain.js';
import { BENCH_GROUP, membersOf } from '../group-services/gs-system.js';
import { percentile } from '../statistics.js';
import { CLUSTER_SIZE, type StartContext, USUAL } from '../system.js';
import { throughput } from '../works/throughput.js';
import { nextRun } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/** What is long is rare: most of a minute is needed to see the slowest of a thousand a few dozen times. */
export function tailWork(seconds: number): FreshWork {
  return {
    id: 'W11',
    title: `a message a ms for ${seconds} s, beside a flood in another group`,
    onRequest: true,
    metrics: [
      { name: 'p50', unit: 'us', better: 'lower' },
      { name: 'p99', unit: 'us', better: 'lower' },
      { name: 'p99.9', unit: 'us', better: 'lower' },
      { name: 'p99.9 / p50', unit: 'ratio', better: 'lower' },
      { name: 'flood', unit: 'msg/s', better: 'higher' },
    ],
    most: 3,
    warmUp: false,
    measure: (context) => tailOnce(seconds, context),
  };
}

const FLOOD = { size: 256, count: 100_000, window: 200 };

async function tailOnce(seconds: number, context: StartContext): Promise<readonly number[]> {
  const domain = await startDomain(context);
  const flooders = await membersOf(context, domain, USUAL);
  const pacers = await membersOf(context, domain, USUAL, `${BENCH_GROUP}-paced`);
  const flood = throughput({ senders: CLUSTER_SIZE, ...FLOOD });
  const cluster = { members: flooders.map(({ caller }) => caller), stop: () => domain.stop() };
  const scale = { ...FLOOD, rounds: 0, barriers: 0 };
  await flood.measure(cluster, scale);

  const order = { run: nextRun(), member: 0, size: FLOOD.size, count: seconds * 1000 };
  const [pacer] = pacers;
  if (pacer === undefined) throw new Error('nobody keeps the pace');
  await pacer.caller.call('prepare', { kind: 'paced', order });
  let over = false;
  const paced = pacer.caller.call('paced', undefined, seconds * 10_000).finally(() => {
    over = true;
  });
  const floods: number[] = [];
  while (!over) floods.push(...(await flood.measure(cluster, scale)).figures);
  const { delaysUs } = await paced;
  const children = [...flooders, ...pacers].map(({ child }) => child);
  await Promise.all(children.map((child) => context.processes.stop(child)));
  await domain.stop();
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((fraction) => percentile(delaysUs, fraction));
  const ratio = (p999 ?? Number.NaN) / (p50 ?? Number.NaN);
  return [p50, p99, p999, ratio, percentile(floods, 0.5)].map((figure) => figure ?? Number.NaN);
}
