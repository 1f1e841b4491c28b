export { Driver, type DriverOptions } from './driver.js';
export { type DeadlineReached, type Engine, type Host, heardUpTo } from './engine.js';
export {
  compareMemberships,
  type DaemonId,
  daemonId,
  daemonOf,
  type GroupName,
  incarnationOf,
  isDaemonId,
  isMembershipId,
  isNodeName,
  joinNoOf,
  type MembershipId,
  type MembershipParts,
  membershipId,
  type NodeName,
  nodeOf,
  type PeerEnd,
  parseMembership,
} from './ids.js';
export { type Instant, NEVER } from './instant.js';
export { assertNever, InvariantViolation, invariant } from './invariant.js';
export { Journal, type JournalBounds, type JournalEntry } from './journal.js';
export type { LogFields, LogLevel, LogOutput } from './log-output.js';
export { nearest } from './nearest.js';
export type { EndReason, PendingBody } from './ordered-stream.js';
export { Queue } from './queue.js';
export { Rng } from './rng.js';
export { type ClockReadings, SleepAwareClock } from './sleep-aware-clock.js';
export { Counts, DURATION_CLASSES_MS, type DurationCounts, Durations } from './tally.js';
