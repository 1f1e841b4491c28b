import { expect, test } from 'vitest';
import * as surface from './index.js';

test('the exported names are these', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "NAMES_MAX",
      "ProcessGroupEngine",
      "ProtocolTally",
      "countOf",
      "sizeOf",
      "weightOf",
    ]
  `);
});
