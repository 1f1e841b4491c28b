import { expect, test } from 'vitest';

import * as liveness from './index.js';

test('the public names', () => {
  expect(Object.keys(liveness).sort()).toMatchInlineSnapshot(`
    [
      "LivenessEngine",
    ]
  `);
});
