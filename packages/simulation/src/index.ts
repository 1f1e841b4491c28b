export { allCheckers } from './checkers/index.js';
export { Violation } from './checkers/violation.js';
export { Counters } from './counters.js';
export type { Profile } from './profile/profile.js';
export { drawProfile } from './run/draw-profile.js';
export { type Failure, runSeed, type SeedOptions, type SeedResult } from './run/run-seed.js';
export { type Engines, PRODUCTION } from './world/engines.js';
