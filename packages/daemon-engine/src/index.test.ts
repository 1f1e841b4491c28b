import { expect, it } from 'vitest';
import * as surface from './index.js';

it('exports what it says and nothing else', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "ACTIONS",
      "DEFAULT_DAEMON_OPTIONS",
      "DaemonEngine",
      "DaemonTally",
      "Permissions",
      "PressureGauge",
      "daemonJournal",
      "isUrgent",
      "matches",
    ]
  `);
});
