import { BARRIER_FORMS, barrier } from './barrier.js';
import { latency } from './latency.js';
import { stateChange } from './state.js';
import { throughput } from './throughput.js';
import type { Work } from './work.js';

const BARRIER_PARTIES = [3, 8, 16];

/** W1 with one and with three senders, W2, W6 without and with votes, W5 in all forms and sizes. */
export const WORKS: readonly Work[] = [
  throughput(1),
  throughput(3),
  latency(),
  stateChange('state'),
  stateChange('voted-state'),
  ...BARRIER_PARTIES.flatMap((parties) => BARRIER_FORMS.map((form) => barrier(form, parties))),
];
