import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, Slabs } from './bytes.js';

test('fields are read as they were written', () => {
  const u8 = fc.nat(255);
  const u32 = fc.nat(0xffffffff);
  const u53 = fc.maxSafeNat();
  const ascii = fc.stringMatching(/^[\x20-\x7e]{0,255}$/);
  const writer = new ByteWriter();
  fc.assert(
    fc.property(u8, u32, u53, ascii, (a, b, c, d) => {
      const bytes = writer.reset().u8(a).u32(b).u53(c).ascii(d).view();
      const reader = new ByteReader(bytes);
      expect([reader.u8(), reader.u32(), reader.u53(), reader.ascii()]).toEqual([a, b, c, d]);
      expect(reader.isComplete).toBe(true);
    }),
    { examples: [[255, 0xffffffff, Number.MAX_SAFE_INTEGER, 'x'.repeat(255)]] },
  );
});

test('the buffer grows beyond its first size', () => {
  const writer = new ByteWriter();
  for (let i = 0; i < 1000; i += 1) writer.u32(i);
  const reader = new ByteReader(writer.view());
  for (let i = 0; i < 1000; i += 1) expect(reader.u32()).toBe(i);
  expect(reader.isComplete).toBe(true);
});

test('reading past the end gives zeros, then says so, and moves no further', () => {
  const reader = new ByteReader(Uint8Array.of(1, 2, 3));
  expect(reader.u32()).toBe(0);
  expect(reader.failed).toBe(true);
  expect([reader.u8(), reader.u53(), reader.ascii(), reader.flags(0)]).toEqual([0, 0, '', 0]);
  expect(reader.isComplete).toBe(false);
});

test('a start behind the end is an empty rest', () => {
  expect(new ByteReader(Uint8Array.of(1), 5).rest()).toEqual(new Uint8Array(0));
});

test('a number that a double cannot hold is refused', () => {
  const reader = new ByteReader(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0));
  reader.u53();
  expect(reader.failed).toBe(true);
});

test('a flag without a meaning is refused', () => {
  const reader = new ByteReader(Uint8Array.of(0b101, 0b101));
  expect(reader.flags(0b111)).toBe(0b101);
  expect(reader.failed).toBe(false);
  reader.flags(0b011);
  expect(reader.failed).toBe(true);
});

test('the rest is a view of the same memory, of the ordinary class', () => {
  const source = new Subclass([1, 2, 3, 4]);
  const reader = new ByteReader(source, 1);
  reader.u8();
  const rest = reader.rest();
  expect(rest).toEqual(Uint8Array.of(3, 4));
  expect(rest.buffer).toBe(source.buffer);
  expect(reader.isComplete).toBe(true);
});

test('parts of a slab never overlap', () => {
  const slabs = new Slabs();
  fc.assert(
    fc.property(fc.array(fc.nat(9000), { minLength: 1, maxLength: 40 }), (lengths) => {
      const parts = lengths.map((length, i) => slabs.take(length).fill(i + 1));
      parts.forEach((part, i) => {
        expect(part.length).toBe(lengths[i]);
        expect(part.every((byte) => byte === i + 1)).toBe(true);
      });
    }),
  );
});

/** As Node's own subclass does. */
class Subclass extends Uint8Array {}
