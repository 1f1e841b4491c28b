import fc from 'fast-check';
import { LIBRARY_FAULTS, type LibraryFault } from '../../src/library/library-fault.js';
import type { Scene } from './plays.js';

/** Any seed, and few faults of any kind: what fails is made smaller by leaving faults out. */
export const scenes: fc.Arbitrary<Scene> = fc.record({
  seed: fc.nat(),
  faults: fc.array(
    fc.record<LibraryFault>({
      kind: fc.constantFrom(...LIBRARY_FAULTS),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      which: fc.nat(99),
      lasts: fc.double({ min: 0, max: 4, noNaN: true }),
    }),
    { maxLength: 8 },
  ),
});

/** Few, to be quick; a soak sets more, and another seed for what is drawn. */
export const RUNS = Number(process.env['LIBRARY_RUNS'] ?? 2);
