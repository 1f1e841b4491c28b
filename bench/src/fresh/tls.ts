import { groupServices } from '../group-services/gs-system.js';
import { type Cluster, type StartContext, USUAL } from '../system.js';
import { latency } from '../works/latency.js';
import { throughput } from '../works/throughput.js';
import type { Scale } from '../works/work.js';
import type { FreshWork } from './fresh-work.js';

/**
 * What TLS between daemons costs: W1 with one sender and W2 in two domains that stand side by side, one with
 * certificates and one without. Processes use socket files in both.
 */
export function tlsWork(scale: Scale): FreshWork {
  return {
    id: 'tls',
    title: 'daemons with TLS, beside the same without',
    onRequest: true,
    metrics: [
      { name: 'throughput without', unit: 'msg/s', better: 'higher' },
      { name: 'throughput with', unit: 'msg/s', better: 'higher' },
      { name: 'throughput, part', unit: '%', better: 'higher' },
      { name: 'p50 without', unit: 'us', better: 'lower' },
      { name: 'p50 with', unit: 'us', better: 'lower' },
      { name: 'p50, part', unit: '%', better: 'lower' },
    ],
    most: Infinity,
    warmUp: false,
    measure: (context) => measureBoth(context, scale),
  };
}

const WORKS = [throughput({ senders: 1 }), latency()] as const;

async function measureBoth(context: StartContext, scale: Scale): Promise<readonly number[]> {
  const plain = await groupServices.start(context, USUAL);
  const secure = await groupServices.start(context, USUAL, { secure: true });
  const figures: number[] = [];
  for (const work of WORKS) {
    const measure = async (cluster: Cluster): Promise<number> =>
      (await work.measure(cluster, scale)).figures[0] ?? Number.NaN;
    // The first at each measures the compiler.
    await measure(plain);
    await measure(secure);
    const [without, withTls] = [await measure(plain), await measure(secure)];
    figures.push(without, withTls, (100 * withTls) / without);
  }
  await Promise.all([plain.stop(), secure.stop()]);
  return figures;
}
