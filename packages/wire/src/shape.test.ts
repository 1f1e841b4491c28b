import { describe, expect, test } from 'vitest';
import { pack, unpack } from './msgpack.js';
import { shapeProblem } from './shape.js';

const of = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): number[] => [0xa0 + value.length, ...ascii(value)];
const ascii = (value: string): number[] => [...value].map((c) => c.charCodeAt(0));

describe('permitted', () => {
  test.each([
    ['null', null],
    ['numbers of every size', [0, 127, 128, 255, 65_536, 2 ** 32, -1, -128, -(2 ** 31), 1.5]],
    ['greatest number', Number.MAX_SAFE_INTEGER],
    ['texts of every size', ['', 'a', 'ä', '€', '😀', 'x'.repeat(40), 'y'.repeat(300)]],
    ['long text', 'z'.repeat(70_000)],
    ['bytes of every size', [of(), of(1), new Uint8Array(300), new Uint8Array(70_000)]],
    ['containers', [{ a: [{ b: {} }], c: [] }, Array.from({ length: 20 }, () => 1)]],
    ['long list', Array.from({ length: 70_000 }, () => true)],
  ])('%s', (_, value) => {
    const packed = pack(value);
    expect(shapeProblem(packed)).toBeUndefined();
    expect(unpack(packed)).toEqual({ ok: true, value });
  });

  test('a number of eight bytes becomes an ordinary number', () => {
    expect(unpack(of(0xcf, 0, 0, 0, 1, 0, 0, 0, 0))).toEqual({ ok: true, value: 2 ** 32 });
    expect(unpack(of(0xd3, 255, 255, 255, 255, 255, 255, 255, 255))).toEqual({
      ok: true,
      value: -1,
    });
  });
});

describe('refused', () => {
  const nested = (depth: number): Uint8Array => of(...Array(depth).fill(0x91), 0xc0);

  test.each([
    ['nothing at all', of(), 'cut off'],
    ['more than one value', of(0xc0, 0xc0), 'more bytes'],
    ['list longer than its bytes', of(0xdd, 1, 0xc0, 0, 0), 'cut off'],
    ['longest list', of(0xdd, 255, 255, 255, 255), 'cut off'],
    ['longest map', of(0xdf, 255, 255, 255, 255), 'cut off'],
    ['longest bytes', of(0xc6, 255, 255, 255, 255, 0), 'cut off'],
    ['longest text', of(0xdb, 255, 255, 255, 255, 0x41), 'cut off'],
    ['length cut off', of(0xc6, 0), 'cut off'],
    ['number cut off', of(0xcf, 0, 0), 'cut off'],
    ['unused type', of(0xc1), 'not in use'],
    ['date', of(0xd6, 0xff, 0, 0, 0, 1), 'not in use'],
    ['undefined', of(0xd4, 0, 0), 'not in use'],
    ['record definition', of(0xd4, 0x72, 0x40), 'not in use'],
    ['regular expression', of(0xc7, 2, 0x78, 0xa1, 0x61), 'not in use'],
    ['bundled texts', of(0xd6, 0x62, 0, 0, 0, 0), 'not in use'],
    ['number as key', of(0x81, 1, 1), 'key'],
    ['list as key', of(0x81, 0x90, 1), 'key'],
    ['nil as key', of(0x81, 0xc0, 1), 'key'],
    ['depth', nested(17), 'deep'],
    ['great depth', nested(100_000), 'deep'],
    ['overlong slash', of(0xa2, 0xc0, 0xaf), 'UTF-8'],
    ['surrogate', of(0xa3, 0xed, 0xa0, 0x80), 'UTF-8'],
    ['above U+10FFFF', of(0xa4, 0xf4, 0x90, 0x80, 0x80), 'UTF-8'],
    ['lone continuation', of(0xa1, 0x80), 'UTF-8'],
    ['broken continuation', of(0xa3, 0xe2, 0x82, 0x41), 'UTF-8'],
    ['character cut off', of(0xa1, 0xe2), 'UTF-8'],
    ['bad text in a key', of(0x81, 0xa1, 0xff, 1), 'UTF-8'],
  ])('%s', (_, bytes, problem) => {
    expect(shapeProblem(bytes)).toContain(problem);
    expect(unpack(bytes).ok).toBe(false);
  });

  test('sixteen levels are still permitted', () => {
    expect(shapeProblem(nested(16))).toBeUndefined();
  });
});

test('a refusal leaves the next reading alone', () => {
  const good = pack({ kind: 'done', text: 'fine' });
  for (const bad of [of(), of(0xdb, 0, 0, 0, 9, 0x41), of(0x82, ...text('a'), 1)]) {
    expect(unpack(bad).ok).toBe(false);
    expect(unpack(good)).toEqual({ ok: true, value: { kind: 'done', text: 'fine' } });
  }
});

test('a key named after the prototype reaches no prototype', () => {
  const bytes = of(0x81, ...text('__proto__'), 0x81, ...text('polluted'), 0xc3);
  const read = unpack(bytes);
  expect(read.ok).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((read as { value: Record<string, unknown> }).value['polluted']).toBeUndefined();
});

test('byte fields and results are ordinary arrays, whatever the link hands over', () => {
  const packed = pack({ a: of(1, 2, 3) });
  expect(packed.constructor).toBe(Uint8Array);
  const read = unpack(new Subclass(packed));
  expect(read).toEqual({ ok: true, value: { a: of(1, 2, 3) } });
  expect((read as { value: { a: Uint8Array } }).value.a.constructor).toBe(Uint8Array);
});

/** As Node's own subclass does. */
class Subclass extends Uint8Array {}
