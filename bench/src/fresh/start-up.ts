import { startDomain } from '../group-services/gs-domain.js';
import { groupServices } from '../group-services/gs-system.js';
import { percentile } from '../statistics.js';
import { type StartContext, USUAL } from '../system.js';
import { oneAtATime } from '../works/one-at-a-time.js';
import type { FreshWork } from './fresh-work.js';

/** How soon programs are ready, and what the first of each thing takes that a domain does. */
const START_UP: FreshWork = {
  id: 'W9',
  title: 'programs started, to their ready lines',
  onRequest: false,
  metrics: [
    { name: 'name server', unit: 'ms', better: 'lower' },
    { name: 'daemon', unit: 'ms', better: 'lower' },
  ],
  most: Infinity,
  warmUp: true,
  measure: async (context) => {
    const domain = await startDomain(context);
    await domain.stop();
    const { nameServerReadyMs, readyMs } = domain;
    return [nameServerReadyMs, percentile(readyMs, 0.5)];
  },
};

/** Rounds after the first; the later half of them says what it takes when the code is warm. */
const LATER = 1_000;

const FIRSTS = [
  { what: 'message', title: 'first message of a domain, to all' },
  { what: 'state', title: 'first state change of a domain, to all' },
  { what: 'voted-state', title: 'first voted state change of a domain, to all' },
] as const;

const FIRST_WORKS = FIRSTS.map(({ what, title }) => ({
  id: 'W9',
  title,
  onRequest: false,
  metrics: [
    { name: 'the first', unit: 'us', better: 'lower' as const },
    { name: 'later p50', unit: 'us', better: 'lower' as const },
  ],
  most: Infinity,
  warmUp: true,
  measure: async (context: StartContext) => {
    const cluster = await groupServices.start(context, USUAL);
    const scale = { size: 256, rounds: LATER };
    const { allUs } = await oneAtATime(cluster, { what, scale });
    await cluster.stop();
    return [allUs[0] ?? Number.NaN, percentile(allUs.slice(LATER / 2), 0.5)];
  },
})) satisfies readonly FreshWork[];

export const START_WORKS: readonly FreshWork[] = [START_UP, ...FIRST_WORKS];
