import { expect, test } from 'vitest';
import { Agreed } from './agreed.js';
import { isPassedOver } from './barrier.js';
import { listProblems } from './lists.js';
import { causeProblems, isOverruled, isSaid } from './outcome.js';
import { changeAt } from './state-fold.js';

test('whoever speaks first fixes a matter for all others', () => {
  const agreed = new Agreed();
  expect(agreed.differing('place 1', 'x', 'a')).toBeUndefined();
  expect(agreed.differing('place 1', 'x', 'b')).toBeUndefined();
  expect(agreed.differing('place 2', 'y', 'b')).toBeUndefined();
  expect(agreed.differing('place 1', 'y', 'b')).toEqual({ text: 'x', by: 'a' });
});

test('a phase passes over who neither voted before its end nor is excused', () => {
  expect(isPassedOver({ votedAt: 4, isExcused: () => false }, 5)).toBe(false);
  expect(isPassedOver({ votedAt: 5, isExcused: () => false }, 5)).toBe(true);
  expect(isPassedOver({ votedAt: undefined, isExcused: () => false }, 5)).toBe(true);
  expect(isPassedOver({ votedAt: undefined, isExcused: () => true }, 5)).toBe(false);
});

test('causes are named once, are of the outcome, and not of votes to approve', () => {
  const voted = { code: 'voted', value: 'reject', provider: 'a/x' };
  const late = { code: 'time-limit', value: 'approve', provider: 'b/y' };
  expect(causeProblems('approved', [])).toEqual([]);
  expect(causeProblems('approved', [late])).toEqual([]);
  expect(causeProblems('rejected', [voted])).toEqual([]);
  expect(causeProblems('rejected', [])).toEqual(['rejected for no reason']);
  expect(causeProblems('rejected', [voted, voted])).toEqual(['one provider is named twice']);
  expect(causeProblems('rejected', [late])).toEqual(['rejected because of a vote to approve']);
  expect(causeProblems('approved', [{ ...voted, value: 'approve' }])).toEqual([
    'approved because of a vote that was given',
  ]);
});

test('a cause says what its provider has said', () => {
  expect(isSaid({ code: 'voted', value: 'reject' }, ['continue', 'reject'])).toBe(true);
  expect(isSaid({ code: 'voted', value: 'reject' }, ['approve'])).toBe(false);
  expect(isSaid({ code: 'default-vote', value: 'reject' }, ['reject'])).toBe(false);
  expect(isSaid({ code: 'default-vote', value: 'reject' }, ['default'])).toBe(true);
  expect(isSaid({ code: 'time-limit', value: 'reject' }, [])).toBe(true);
  expect(isOverruled(['continue'])).toBe(true);
  expect(isOverruled(['approve'])).toBe(false);
  expect(isOverruled([])).toBe(false);
});

test('a list follows from the one before it and the change', () => {
  const before = { version: 1, fence: '1', providers: ['a/x', 'b/y'] };
  const after = { version: 2, fence: '2', providers: ['b/y', 'c/z'] };
  const change = { version: 2, joined: ['c/z'], left: [{ provider: 'a/x' }] };
  expect(listProblems(before, after, change)).toEqual([]);
  expect(listProblems(before, undefined, change)).toEqual([
    'version 2 cannot follow version 1 with joined [c/z], left [a/x]',
  ]);
  expect(listProblems(before, { ...after, providers: ['c/z', 'b/y'] }, change)).toEqual([
    'list [c/z b/y] where [b/y c/z] has to follow',
  ]);
  expect(listProblems(before, { ...after, version: 3, fence: '1' }, change)).toEqual([
    'version 3 after 1',
    'fence 1 after 1',
  ]);
  const left = [...change.left, { provider: 'd/w' }];
  expect(listProblems(before, after, { ...change, left })).toEqual(['d/w left unseen']);
});

test('a state is what the last change at or before a position has left', () => {
  const changes = [
    { position: 4, value: 'b' },
    { position: 2, value: 'a' },
  ];
  const values = [1, 2, 3, 4, 9].map((position) => changeAt(changes, position)?.value);
  expect(values).toEqual([undefined, 'a', 'a', 'b', 'b']);
});
