import { expect, test } from 'vitest';

import * as nameServer from './index.js';

test('the public names', () => {
  expect(Object.keys(nameServer).sort()).toMatchInlineSnapshot(`
    [
      "KEYS",
      "LeadEngine",
      "NameServerEngine",
      "Table",
      "leastSilence",
    ]
  `);
});
