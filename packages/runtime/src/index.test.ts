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
      "TlsFiles",
      "UnusableFile",
      "WatchedFiles",
      "acceptSessions",
      "address",
      "allowInsecureUdp",
      "choice",
      "commanderOption",
      "count",
      "createLogger",
      "defineProgram",
      "dialSession",
      "duration",
      "fileMode",
      "fileName",
      "flag",
      "httpAddress",
      "identityProblem",
      "identityText",
      "isFlag",
      "loadConfig",
      "nearest",
      "nodeProcess",
      "optionName",
      "readOperatorFile",
      "readSecretFile",
      "runProgram",
      "size",
      "startAdminServer",
      "tellUntrusted",
      "text",
      "tlsConflicts",
      "tlsOptions",
    ]
  `);
});
