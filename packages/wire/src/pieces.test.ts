import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inPieces } from './pieces.js';

it('has everything in its order, in as few pieces as the bound allows one after the other', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 50 }), (all, bytesMax) => {
      const pieces = inPieces(all, (size) => size, bytesMax);
      const sum = (piece: readonly number[]) => piece.reduce((bytes, size) => bytes + size, 0);
      expect(pieces.flat()).toEqual(all);
      for (const [index, piece] of pieces.entries()) {
        if (piece.length > 1) expect(sum(piece)).toBeLessThanOrEqual(bytesMax);
        const next = pieces[index + 1]?.[0];
        if (next !== undefined) expect(sum(piece) + next).toBeGreaterThan(bytesMax);
      }
    }),
  );
});

it('is one empty piece when there is nothing', () => {
  expect(inPieces([], () => 1)).toEqual([[]]);
});
