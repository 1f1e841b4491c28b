import fc from 'fast-check';
import { expect, test } from 'vitest';

import { sameBytes } from '../src/bytes.js';
import {
  DATAGRAM,
  FRAGMENTS_MAX,
  type Fragment,
  HEADER_BYTES,
  readFragment,
} from '../src/datagram.js';
import { Outbox } from '../src/outbox.js';
import { Reassembly } from '../src/reassembly.js';

const id = Uint8Array.from('12345678', Number);
const { frames, fragment } = DATAGRAM;
const NO_PREFIX = new Uint8Array(0);

function cut(frame: Uint8Array, datagramBytes: number): { outbox: Outbox; parts: Uint8Array[] } {
  const outbox = new Outbox({ id, datagramBytes, frames, fragment });
  const how = { prefix: NO_PREFIX, flags: 0, now: 0 };
  const parts = outbox.cut({ head: frame }, how).fragments.map(({ bytes }) => bytes);
  return { outbox, parts };
}

function read(bytes: Uint8Array): Fragment {
  const found = readFragment(bytes, HEADER_BYTES);
  if (found === undefined) throw new Error('a fragment of ours can be read');
  return found;
}

const shuffled = fc.tuple(
  fc.uint8Array({ minLength: 1, maxLength: 20_000 }),
  fc.integer({ min: 576, max: 2000 }),
  fc.infiniteStream(fc.nat()),
);

test('M35: a frame is whole again, whatever the order and however often fragments come', () => {
  fc.assert(
    fc.property(shuffled, ([frame, datagramBytes, numbers]) => {
      const { parts } = cut(frame, datagramBytes);
      const doubled = [...parts, ...parts]
        .map((part) => ({ part, at: numbers.next().value ?? 0 }))
        .sort((one, other) => one.at - other.at);
      const budget = { bytes: 0 };
      const reassembly = new Reassembly(budget);
      const whole = doubled.flatMap(({ part }) => reassembly.add(read(part), 0) ?? []);
      expect(whole).toHaveLength(1);
      expect(sameBytes(whole[0] ?? NO_PREFIX, frame)).toBe(true);
      expect(budget.bytes).toBe(0);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(datagramBytes);
    }),
  );
});

test('M35: exactly what is missing is asked for, and given up when it never comes', () => {
  const { parts } = cut(new Uint8Array(10_000), 600);
  const reassembly = new Reassembly({ bytes: 0 });
  for (const [index, part] of parts.entries()) if (index % 3 > 0) reassembly.add(read(part), 0);
  expect(reassembly.asks(10)).toEqual([]);
  const [ask] = reassembly.asks(1_000);
  const wanted = parts.flatMap((_, index) =>
    ((ask?.bits[index >> 3] ?? 0) & (1 << (index & 7))) > 0 ? [index] : [],
  );
  expect(wanted).toEqual(parts.flatMap((_, index) => (index % 3 === 0 ? [index] : [])));
  for (let now = 2_000; now < 100_000; now += 1_000) reassembly.asks(now);
  expect(reassembly.isEmpty).toBe(true);
  expect(reassembly.incomplete).toBe(1);
  expect(reassembly.add(read(parts[0] ?? new Uint8Array(0)), 100_000)).toBeUndefined();
  expect(reassembly.isEmpty).toBe(true);
});

test('M35: the sender repeats only what has left a while ago', () => {
  const outbox = new Outbox({ id, datagramBytes: 600, frames, fragment });
  const how = { prefix: NO_PREFIX, flags: 0, now: 0 };
  const { number, fragments } = outbox.cut({ head: new Uint8Array(5_000) }, how);
  const all = new Uint8Array(16).fill(0xff);
  expect(outbox.again(number, all, 1_000)).toEqual([]);
  for (const one of fragments.slice(0, 2)) one.sentAt = 1_000;
  expect(outbox.again(number, all, 1_005)).toEqual([]);
  expect(outbox.again(number, all, 1_100)).toEqual(fragments.slice(0, 2));
  expect(outbox.again(number + 1, all, 1_100)).toEqual([]);
});

test('M35: unfinished frames stay within their bounds', () => {
  const budget = { bytes: 0 };
  const reassembly = new Reassembly(budget);
  for (let number = 0; number < 500; number += 1) {
    const total = 1_000_000;
    reassembly.add(
      { flags: 0, number, total, index: 0, size: 1000, content: new Uint8Array(1000) },
      0,
    );
    expect(budget.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  }
  reassembly.clear();
  expect(budget.bytes).toBe(0);
});

test('M35: bytes of any kind are a fragment that fits, or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const found = readFragment(bytes, 0);
      if (found === undefined) return;
      const { index, size, total, content } = found;
      expect(index * size + content.length).toBeLessThanOrEqual(total);
      expect(Math.ceil(total / size)).toBeLessThanOrEqual(FRAGMENTS_MAX);
    }),
    { numRuns: 2_000 },
  );
});
