import { expect, it } from 'vitest';

import * as surface from './index.js';

it('exports exactly these names', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "EXIT_STATUS",
      "LOG_LEVELS",
      "NodeHost",
      "ProgramFailure",
      "address",
      "choice",
      "count",
      "createLogger",
      "defineProgram",
      "duration",
      "flag",
      "httpAddress",
      "loadConfig",
      "nodeProcess",
      "runProgram",
      "size",
      "startAdminServer",
      "text",
    ]
  `);
});
