import { expect, it } from 'vitest';
import { approve, keepVoting, reject } from './votes.js';

it('makes votes with and without riders', () => {
  expect(approve()).toEqual({ value: 'approve' });
  expect(keepVoting({ message: 1, defaultVote: 'approve' })).toEqual({
    value: 'continue',
    message: 1,
    defaultVote: 'approve',
  });
  expect(reject({ value: 'approve' })).toEqual({ value: 'reject' });
});
