export { DaemonEngine } from './engine.js';
export type { ClientNo, DaemonInput, DaemonOutput, LogLevel } from './inputs.js';
export type { DaemonStatus, GroupStatus } from './inspect.js';
export { DEFAULT_DAEMON_OPTIONS, type DaemonOptions } from './options.js';
