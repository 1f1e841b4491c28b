import { expect, test } from 'vitest';
import { attributesGuard, phasesGuard } from './voting-guard.js';

test('what asks for a vote is refused by name', () => {
  expect(phasesGuard(1)).toBeUndefined();
  expect(phasesGuard('voting')).toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'phases' });
  expect(phasesGuard({ exactly: 1 })).toMatchObject({ argument: 'phases' });
});

test('and so is what asks for it in the attributes', () => {
  expect(attributesGuard({ joinPhases: 1, failurePhases: 1, batch: 'none' })).toBeUndefined();
  const refused = [
    { joinPhases: 'voting' },
    { failurePhases: { exactly: 2 } },
    { batch: 'both' },
  ] as const;
  expect(refused.map((given) => attributesGuard(given)?.argument)).toEqual([
    'attributes.joinPhases',
    'attributes.failurePhases',
    'attributes.batch',
  ]);
  expect(attributesGuard({ batch: 'both' })?.text).toContain('batching');
});
