import { expect, test } from 'vitest';
import * as surface from './index.js';

test('the exported names are these', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "Counts",
      "DURATION_CLASSES_MS",
      "Driver",
      "Durations",
      "InvariantViolation",
      "Journal",
      "NEVER",
      "Queue",
      "Rng",
      "SleepAwareClock",
      "assertNever",
      "compareMemberships",
      "daemonId",
      "daemonOf",
      "heardUpTo",
      "incarnationOf",
      "invariant",
      "isDaemonId",
      "isMembershipId",
      "isNodeName",
      "joinNoOf",
      "membershipId",
      "nearest",
      "nodeOf",
      "parseMembership",
    ]
  `);
});
