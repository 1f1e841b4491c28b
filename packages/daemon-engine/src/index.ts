export { DaemonEngine } from './engine.js';
export type {
  Branch,
  ClientNo,
  DaemonInput,
  DaemonOutput,
  DrainAnswer,
  GroupAnswer,
  ListedNode,
  NodesAnswer,
  VotesAnswer,
} from './inputs.js';
export type { DaemonStatus, GroupPage, GroupStatus } from './inspect.js';
export { type DaemonNews, daemonJournal } from './news.js';
export { type DaemonOptions, DEFAULT_DAEMON_OPTIONS } from './options.js';
export {
  ACTIONS,
  type Action,
  matches,
  type PermissionFile,
  type PermissionRule,
  Permissions,
} from './permissions.js';
export {
  type PaceLimits,
  type PressureChange,
  PressureGauge,
  type TooSlow,
} from './pressure-gauge.js';
export { DaemonTally } from './tally.js';
export { isUrgent } from './urgent.js';
