import { percentile } from '../statistics.js';
import { USUAL } from '../system.js';
import { type Course, oneAtATime } from './one-at-a-time.js';
import type { Work } from './work.js';

/** W2: time from send to own ordered delivery at member 0, one message at a time. */
export function latency(): Work {
  return {
    id: 'W2',
    title: 'one at a time, send to own delivery',
    shape: USUAL,
    metrics: [
      { name: 'p50', unit: 'us', better: 'lower' },
      { name: 'p99', unit: 'us', better: 'lower' },
    ],
    measure: async (cluster, scale) => {
      const { ownUs } = await oneAtATime(cluster, { what: 'message', scale });
      return { figures: percentilesOf(ownUs), sameOrder: undefined };
    },
  };
}

/** The 50th and the 99th. */
export function percentilesOf(samples: Course['ownUs']): readonly number[] {
  return [percentile(samples, 0.5), percentile(samples, 0.99)];
}
