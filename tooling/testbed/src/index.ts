export { eventually } from './eventually.js';
export { namespaces } from './namespaces.js';
export { type Ending, Program, type ProgramOptions } from './program.js';
export { missingRequirement } from './requirements.js';
export type { Counters } from './switch/rules.js';
export { Testbed, type TestbedOptions } from './testbed.js';
