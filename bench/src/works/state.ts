import { USUAL } from '../system.js';
import { percentilesOf } from './latency.js';
import { oneAtATime } from './one-at-a-time.js';
import type { Work } from './work.js';

const TITLES = {
  state: 'state change, one phase, safe',
  'voted-state': 'state change, voted, safe',
} as const;

/** W6: one state change at a time, until its proposer and until everybody sees it. */
export function stateChange(what: keyof typeof TITLES): Work {
  return {
    id: 'W6',
    title: TITLES[what],
    shape: USUAL,
    metrics: [
      { name: 'own p50', unit: 'us', better: 'lower' },
      { name: 'own p99', unit: 'us', better: 'lower' },
      { name: 'all p50', unit: 'us', better: 'lower' },
      { name: 'all p99', unit: 'us', better: 'lower' },
      { name: 'sequential', unit: 'changes/s', better: 'higher' },
    ],
    measure: async (cluster, scale) => {
      const { ownUs, allUs, perSecond } = await oneAtATime(cluster, { what, scale });
      const figures = [...percentilesOf(ownUs), ...percentilesOf(allUs), perSecond];
      return { figures, sameOrder: undefined };
    },
  };
}
