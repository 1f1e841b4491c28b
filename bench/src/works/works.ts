import { CLUSTER_SIZE, USUAL } from '../system.js';
import { BARRIER_FORMS, barrier } from './barrier.js';
import { latency } from './latency.js';
import { stateChange } from './state.js';
import { throughput } from './throughput.js';
import type { Work } from './work.js';

const BARRIER_PARTIES = [3, 8, 16];
const SENDERS = [1, CLUSTER_SIZE];

/** Sizes of W1 beside the one of the command line, and what part of its messages a run has. */
const SIZES = [
  { size: 16, share: 1 },
  { size: 1024, share: 0.4 },
  { size: 16_384, share: 0.05 },
];

/** Clusters of other shapes, all of whose first three members send. */
const SHAPES = [
  { ...USUAL, groups: 100 },
  { ...USUAL, daemons: 5, members: 5 },
  { ...USUAL, members: 64 },
];

/**
 * W1 in all sizes and shapes, W2, W6 without and with votes, W5 in all forms and sizes. The first of W1
 * have the size of the command line.
 */
export const WORKS: readonly Work[] = [
  ...SENDERS.map((senders) => throughput({ senders })),
  ...SIZES.flatMap((size) => SENDERS.map((senders) => throughput({ ...size, senders }))),
  latency(),
  stateChange('state'),
  stateChange('voted-state'),
  throughput({ senders: CLUSTER_SIZE, share: 0.1, what: 'state' }),
  throughput({ senders: CLUSTER_SIZE, share: 0.03, what: 'voted-state' }),
  ...SHAPES.map((shape) => throughput({ senders: CLUSTER_SIZE, share: 0.3, shape })),
  ...BARRIER_PARTIES.flatMap((parties) => BARRIER_FORMS.map((form) => barrier(form, parties))),
];
