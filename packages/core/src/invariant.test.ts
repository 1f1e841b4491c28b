import { expect, test } from 'vitest';
import { assertNever, InvariantViolation, invariant } from './invariant.js';

test('an invariant that holds is silent, one that does not says what must hold', () => {
  expect(() => invariant(true, 'one is one')).not.toThrow();
  expect(() => invariant(false, 'positions grow')).toThrow(
    new InvariantViolation('positions grow'),
  );
});

test('a variant that the types exclude is named', () => {
  expect(() => assertNever({ kind: 'unheard-of' } as never)).toThrow(/unheard-of/);
});
