export { eventually } from './eventually.js';
export { namespaces } from './namespaces.js';
export { Program } from './program.js';
export { missingRequirement } from './requirements.js';
export { Testbed } from './testbed.js';
