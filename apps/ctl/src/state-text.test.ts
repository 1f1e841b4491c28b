import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portableBytes, shownBytes } from './state-text.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('for programs', () => {
  it('text stays text and other bytes become base64', () => {
    expect(portableBytes(bytes('{"a":1}'))).toEqual({ text: '{"a":1}' });
    expect(portableBytes(bytes(''))).toEqual({ text: '' });
    expect(portableBytes(new Uint8Array([0xff, 0x00]))).toEqual({ base64: '/wA=' });
  });

  it('nothing is lost', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (value) => {
        const form = portableBytes(value);
        const back = 'text' in form ? bytes(form.text) : Buffer.from(form.base64, 'base64');
        expect([...back]).toEqual([...value]);
      }),
    );
  });
});

describe('for people', () => {
  it.each([
    ['{"a": 1}', '{"a": 1}'],
    ['12', '12'],
    ['plain "text"', '"plain \\"text\\""'],
    ['{\n"a":1}', '"{\\n\\"a\\":1}"'],
    ['', '""'],
  ])('%j is shown as %s', (text, shown) => {
    expect(shownBytes(bytes(text))).toBe(shown);
  });

  it('bytes are shown in base64, and none as none', () => {
    expect(shownBytes(new Uint8Array([0xff, 0x00]))).toBe('base64:/wA=');
    expect(shownBytes(undefined)).toBe('none');
  });

  it('a long value is cut and its size told', () => {
    const shown = shownBytes(bytes(JSON.stringify('x'.repeat(64 * 1024 - 2))));
    expect(shown).toHaveLength('… (64 KiB)'.length + 200);
    expect(shown).toMatch(/^"x+… \(64 KiB\)$/u);
  });
});
