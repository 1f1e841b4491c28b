import { expect, it } from 'vitest';

import * as surface from './index.js';

it('exports exactly these names', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "Complaints",
      "EXIT_STATUS",
      "HandshakeFailed",
      "Intake",
      "LOG_LEVELS",
      "NameServerConnection",
      "NodeHost",
      "PeerLinks",
      "ProgramFailure",
      "Room",
      "SessionRefused",
      "acceptSessions",
      "address",
      "choice",
      "commanderOption",
      "count",
      "createLogger",
      "defineProgram",
      "dialSession",
      "duration",
      "fileMode",
      "flag",
      "httpAddress",
      "isFlag",
      "loadConfig",
      "nearest",
      "nodeProcess",
      "optionName",
      "runProgram",
      "size",
      "startAdminServer",
      "text",
    ]
  `);
});
