import { expect, it } from 'vitest';
import { bytesOf, stateTexts } from './state-text.js';

const of = (text: string) => new TextEncoder().encode(text);

it('shows objects as JSON, letters as text, and everything as bytes', () => {
  expect(bytesOf('aGk=')).toEqual(of('hi'));
  expect(stateTexts(of('{"a":1}'), true).json).toBe('{\n  "a": 1\n}');
  expect(stateTexts(of('42'), true)).toMatchObject({ json: undefined, text: '42' });
  const { json, text, hex } = stateTexts(Uint8Array.of(0, 255, 65), true);
  expect([json, text]).toEqual([undefined, undefined]);
  expect(hex).toMatch(/^0000 {2}00 ff 41 +··A$/u);
});

it('takes a value that was cut off within a letter', () => {
  const cut = of('{"name":"ä').subarray(0, 10);
  expect(stateTexts(cut, false)).toMatchObject({ json: undefined, text: '{"name":"' });
  expect(stateTexts(cut, true).text).toBeUndefined();
});
