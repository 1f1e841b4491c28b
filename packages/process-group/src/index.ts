export type { GroupDetail, RunningDetail } from './detail.js';
export { ProcessGroupEngine } from './engine.js';
export type {
  ClientInput,
  MetagroupSideInput,
  ProcessGroupInput,
  SourceHere,
} from './inputs.js';
export type { OpenCounts, ProcessGroupInspection, VotingInspection } from './inspection.js';
export { type GroupNews, NAMES_MAX, weightOf } from './news.js';
export { countOf, sizeOf } from './node/proposal-checks.js';
export type { Branch, ProcessGroupOutput } from './outputs.js';
export type { ProcessGroupOptions, ProcessGroupTuning } from './shared.js';
export type { Behind, SourceAwaited } from './source-order.js';
export { ProtocolTally } from './tally.js';
export type { Traced, TracedPhase } from './traced.js';
