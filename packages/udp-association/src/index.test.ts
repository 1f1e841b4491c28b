import { expect, test } from 'vitest';

import * as association from './index.js';

test('the public names', () => {
  expect(Object.keys(association).sort()).toMatchInlineSnapshot(`
    [
      "Association",
      "CastStream",
      "DATAGRAM",
      "ID_BYTES",
      "NO_ID",
      "Opener",
      "Reception",
      "WINDOW_MAX",
      "idOf",
      "keyOf",
      "newCounters",
      "openDatagram",
      "sameBytes",
      "typeOf",
    ]
  `);
});
