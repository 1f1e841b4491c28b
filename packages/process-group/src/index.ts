export { ProcessGroupEngine } from './engine.js';
export type { ProcessGroupOptions, ProcessGroupTuning } from './group.js';
export type {
  ClientInput,
  MetagroupSideInput,
  ProcessGroupInput,
} from './inputs.js';
export type { OpenCounts, ProcessGroupInspection, VotingInspection } from './inspection.js';
export { countOf, sizeOf } from './node/proposal-checks.js';
export type { Branch, ProcessGroupOutput } from './outputs.js';
export { ProtocolTally } from './tally.js';
