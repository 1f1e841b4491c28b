import { expect, it } from 'vitest';
import * as recipes from './index.js';

it('exports these names', () => {
  expect(Object.keys(recipes).sort()).toMatchInlineSnapshot(`
    [
      "barrier",
      "countdown",
      "elect",
      "map",
      "mutex",
      "once",
      "partition",
      "phaser",
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
