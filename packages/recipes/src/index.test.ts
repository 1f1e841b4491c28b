import { expect, it } from 'vitest';
import * as recipes from './index.js';

it('exports these names', () => {
  expect(Object.keys(recipes).sort()).toMatchInlineSnapshot(`
    [
      "elect",
      "map",
      "mutex",
      "queue",
      "replicated",
      "rwlock",
      "semaphore",
      "singleton",
    ]
  `);
});
