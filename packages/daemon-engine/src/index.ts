export { DaemonEngine } from './engine.js';
export type {
  ClientNo,
  DaemonInput,
  DaemonOutput,
  ListedNode,
  LogLevel,
  PeerEnd,
} from './inputs.js';
export type { DaemonStatus, GroupStatus } from './inspect.js';
export { type DaemonOptions, DEFAULT_DAEMON_OPTIONS } from './options.js';
export type { VotesAnswer } from './vote-questions.js';
