export { optionsOf, printVerdict } from './options.js';
export {
  checkDaemons,
  endpointsOf,
  ProgramError,
  runProgram,
  withFolder,
} from './program.js';
export { type Ending, Workers, type WorkersOptions } from './workers.js';
