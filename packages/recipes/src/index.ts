export type { RecipeOptions, WaitOptions, Where } from './base/where.js';
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
