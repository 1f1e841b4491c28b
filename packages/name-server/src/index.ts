export { NameServerEngine } from './engine.js';
export type {
  DisconnectCode,
  NameServerInput,
  NameServerLimits,
  NameServerOptions,
  NameServerOutput,
} from './inputs.js';
export type { NameServerInspection } from './inspection.js';
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
