/**
 * Readers inside of programs and packages, which export none of them: nobody else has a use for them. Here
 * alone this tool reaches past the entries.
 */

// @boundaries-ignore inside of a program or package
export { adminRoutes } from '../../../apps/daemon/src/admin.js';
// @boundaries-ignore inside of a program or package
export { program as gsd } from '../../../apps/daemon/src/config.js';
// @boundaries-ignore inside of a program or package
export { EngineQuestions } from '../../../apps/daemon/src/engine-questions.js';
// @boundaries-ignore inside of a program or package
export { Limits } from '../../../apps/daemon/src/security/limits.js';
// @boundaries-ignore inside of a program or package
export { parsePermissions } from '../../../apps/daemon/src/security/permission-file.js';
// @boundaries-ignore inside of a program or package
export { Tokens } from '../../../apps/daemon/src/security/tokens.js';
// @boundaries-ignore inside of a program or package
export { program as gsns } from '../../../apps/name-server/src/config.js';
// @boundaries-ignore inside of a program or package
export {
  decodeIdentity,
  decodeJournal,
  decodeSnapshot,
  encodeIdentity,
  encodeSnapshot,
  isDamage,
  JournalWriter,
} from '../../../apps/name-server/src/store/format.js';
// @boundaries-ignore inside of a program or package
export { seedOf, writeLine } from '../../../apps/name-server/src/store/lines.js';
// @boundaries-ignore inside of a program or package
export { FrameSplitter } from '../../../packages/transport/src/frame-splitter.js';
