export type { RecipeOptions, WaitOptions, Where } from './base/where.js';
export { elect, singleton, type Term } from './places/elect.js';
export type { Lock } from './places/lock.js';
export { type Mutex, mutex, type ReadWriteLock, rwlock, semaphore } from './places/locks.js';
