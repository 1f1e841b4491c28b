export type { RecipeOptions, WaitOptions, Where } from './base/where.js';
export type { Assignment } from './partition/holdings.js';
export { type PartitionOptions, partition } from './partition/partition.js';
export { elect, singleton, type Term } from './places/elect.js';
export type { Lock } from './places/lock.js';
export { type Mutex, mutex, type ReadWriteLock, rwlock, semaphore } from './places/locks.js';
export {
  type Fresh,
  type MapChange,
  map,
  type ReplicatedMap,
  type SetOptions,
} from './replica/map.js';
export { type Delivery, type QueueOptions, queue, type WorkQueue } from './replica/queue.js';
export type { ReplicaOptions } from './replica/replica.js';
export { type Replicated, type ReplicatedOptions, replicated } from './replica/replicated.js';
export {
  type RollingRestart,
  type RollingRestartOptions,
  rollingRestart,
} from './replica/rolling-restart.js';
export { type Barrier, type BarrierOptions, barrier } from './together/barrier.js';
export { type Countdown, countdown } from './together/countdown.js';
export { type OnceTerm, once } from './together/once.js';
export { type Phaser, phaser } from './together/phaser.js';
export {
  type Entrance,
  type Presence,
  type PresenceChange,
  type Present,
  presence,
} from './together/presence.js';
export {
  type Rollout,
  type RolloutOptions,
  type RolloutProgress,
  type RolloutResult,
  rollout,
  type Veto,
} from './together/rollout.js';
export { type Answer, type AskAllOptions, type Scatter, scatter } from './together/scatter.js';
