import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinFrame } from '../../src/index.js';
import type { AnyFamily } from '../samples/common.js';
import { families } from '../samples/families.js';

/** What must hold for the bytes of every family, whoever wrote them. */
export function codecSuite(): void {
  describe.each(families)('$name', (family) => {
    const wellFormed = family.samples.map(({ encode }) => encode());

    test('every beginning of a frame is refused or is a message itself', () => {
      for (const bytes of wellFormed) {
        for (let length = 0; length < bytes.length; length += 1) {
          const beginning = bytes.subarray(0, length);
          const again = family.rewrite(beginning);
          if (again !== undefined) expect(again).toEqual(Uint8Array.from(beginning));
        }
      }
    });

    test('changed bytes are refused or are a message that can be written and read', () => {
      fc.assert(
        fc.property(mutated(wellFormed), (bytes) => {
          staysTheSame(family, bytes);
        }),
        { numRuns: 100 },
      );
    });

    test('arbitrary bytes are refused or are a message that can be written and read', () => {
      fc.assert(
        fc.property(arbitraryFrame(wellFormed), (bytes) => {
          staysTheSame(family, bytes);
        }),
        { numRuns: 100 },
      );
    });

    test('the memory of the caller is left alone', () => {
      for (const bytes of wellFormed) {
        const copy = bytes.slice();
        family.decode(bytes);
        expect(bytes).toEqual(copy);
      }
    });
  });
}

/** One reading may drop what it does not know; what it understood must survive writing. */
function staysTheSame(family: AnyFamily, bytes: Uint8Array): void {
  const first = family.decode(bytes);
  if (!first.ok) {
    expect(first.error.length).toBeLessThanOrEqual(512);
    return;
  }
  const again = family.rewrite(bytes);
  expect(again).toBeDefined();
  expect(family.decode(again ?? new Uint8Array(0))).toEqual(first);
}

function mutated(originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    remove: fc.constantFrom(0, 1, 1, 4),
    insert: fc.uint8Array({ maxLength: 4 }),
  });
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([original, edits]) => {
      let bytes = original;
      for (const { at, remove, insert } of edits) {
        const from = Math.floor(at * (bytes.length + 1));
        const head = joinFrame({ head: bytes.subarray(0, from), tail: insert });
        bytes = joinFrame({ head, tail: bytes.subarray(from + remove) });
      }
      return bytes;
    });
}

/** Bytes that begin like a frame, so that more than the first check is reached. */
function arbitraryFrame(originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const types = [...new Set(originals.map((bytes) => bytes[0] ?? 0))];
  return fc
    .tuple(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }))
    .map(([type, rest]) => joinFrame({ head: Uint8Array.of(type), tail: rest }));
}
