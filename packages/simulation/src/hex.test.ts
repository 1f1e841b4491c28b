import { expect, test } from 'vitest';
import { hex, hexByByte, textOfHex } from './hex.js';

test('both ways of writing bytes agree, and text comes back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (const bytes of [all, all.subarray(3, 200), new Uint8Array()]) {
    expect(hexByByte(bytes)).toBe(hex(bytes));
  }
  expect(textOfHex(hex(new TextEncoder().encode('c1#2:7 safe')))).toBe('c1#2:7 safe');
});
