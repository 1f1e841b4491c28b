export { MetagroupEngine } from './engine.js';
export type {
  EndReason,
  MetagroupInput,
  MetagroupOutput,
  NameServerQuestion,
  Observation,
  PendingBody,
} from './inputs.js';
export type { MetagroupOptions } from './options.js';
