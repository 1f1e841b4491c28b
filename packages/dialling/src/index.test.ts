import { expect, test } from 'vitest';

import * as dialling from './index.js';

test('the public names', () => {
  expect(Object.keys(dialling).sort()).toMatchInlineSnapshot(`
    [
      "NameServerDialling",
      "PeerDialling",
    ]
  `);
});
