import type { Scale } from '../works/work.js';
import { CHURN_WORK } from './churn.js';
import type { FreshWork } from './fresh-work.js';
import { IDLE_WORKS } from './idle.js';
import { joinWorks } from './joins.js';
import { KILL_WORKS } from './kills.js';
import { manyGroups } from './many-groups.js';
import { metricsWork } from './metrics.js';
import { START_WORKS } from './start-up.js';
import { tailWork } from './tail.js';
import { tlsWork } from './tls.js';

/** How large those works are whose size is an option. */
export interface FreshScale {
  readonly joins: number;
  readonly groups: number;
  readonly seconds: number;
  readonly scale: Scale;
}

/** Works that need a fresh domain each time, in the order in which they are measured. */
export function freshWorks({ joins, groups, seconds, scale }: FreshScale): readonly FreshWork[] {
  return [
    ...START_WORKS,
    CHURN_WORK,
    ...KILL_WORKS,
    ...joinWorks(joins),
    manyGroups(groups),
    ...IDLE_WORKS,
    tailWork(seconds),
    tlsWork(scale),
    metricsWork(scale),
  ];
}
