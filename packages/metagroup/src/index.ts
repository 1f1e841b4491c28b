export type { Branch } from './branch.js';
export { MetagroupEngine } from './engine.js';
export type {
  MetagroupInput,
  MetagroupOutput,
  NameServerQuestion,
  Observation,
} from './inputs.js';
export type { Progress } from './inspection.js';
export type {
  Answering,
  LeaderRecovery,
  MetagroupOptions,
  MetagroupTuning,
  Surroundings,
} from './options.js';
export type { QuiesceMode } from './stream/quiescing.js';
export { StreamTally } from './tally.js';
