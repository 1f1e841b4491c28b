export { MetagroupEngine } from './engine.js';
export type {
  EndReason,
  MetagroupInput,
  MetagroupOutput,
  NameServerQuestion,
  Observation,
  PendingBody,
} from './inputs.js';
export type { LeaderRecovery, MetagroupOptions, Surroundings } from './options.js';
export type { QuiesceMode } from './stream/quiescing.js';
