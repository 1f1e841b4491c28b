export { NameServerEngine } from './engine.js';
export type {
  DisconnectCode,
  NameServerInput,
  NameServerLimits,
  NameServerOptions,
  NameServerOutput,
  TurnDownCode,
} from './inputs.js';
export type { NameServerInspection } from './inspection.js';
export type { DecodedTable, LeadInput, LeadOptions, LeadOutput } from './lead/inputs.js';
export { LeadEngine, type LeadState } from './lead/lead-engine.js';
export type { Condition, KeyChange, LeadAnswer, LeadRequest, StoredKey } from './lead/requests.js';
export { KEYS, type StoredTable } from './lead/table-keys.js';
export type { LineageSnapshot, Served, TableStanding, TableStart } from './lineage.js';
export type { LeaderRecovery } from './notices.js';
export { type Isolation, leastSilence } from './silence.js';
export {
  type StoredGroup,
  type StoredNode,
  Table,
  type TableRecord,
  type TableSnapshot,
} from './table.js';
