import { expect, it } from 'vitest';
import * as recipes from './index.js';

it('exports these names', () => {
  expect(Object.keys(recipes).sort()).toMatchInlineSnapshot(`
    [
      "barrier",
      "elect",
      "map",
      "mutex",
      "once",
      "partition",
      "presence",
      "queue",
      "replicated",
      "rollingRestart",
      "rollout",
      "rwlock",
      "scatter",
      "semaphore",
      "singleton",
    ]
  `);
});
