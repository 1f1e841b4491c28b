import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteCount, isPrintable, printable } from './printable.js';

describe('printable', () => {
  it('escapes what a terminal would act on', () => {
    expect(printable('a\nb\u001b[31m\u0085\u202e')).toBe('a\\nb\\u001b[31m\\u0085\\u202e');
  });

  it('keeps letters of any script', () => {
    expect(printable('Grüße 世界 "x"')).toBe('Grüße 世界 "x"');
  });

  it('gives what it would not change', () => {
    const unit = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(isPrintable(printable(text))).toBe(true);
      }),
    );
  });
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [64 * 1024, '64 KiB'],
  [1024 ** 3 * 5000, '5000 GiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(byteCount(bytes)).toBe(text);
});
