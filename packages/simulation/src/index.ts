export { allCheckers } from './checkers/index.js';
export { Violation } from './checkers/violation.js';
export { Counters } from './counters.js';
export { drawProfile } from './draw-profile.js';
export { type Engines, PRODUCTION } from './engines.js';
export type { Profile } from './profile.js';
export { type Failure, runSeed, type SeedOptions, type SeedResult } from './run-seed.js';
