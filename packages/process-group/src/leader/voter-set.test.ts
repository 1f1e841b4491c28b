import { daemonId, membershipId, type NodeName } from '@group-services/core';
import type { Change, LeaveReason } from '@group-services/wire';
import { expect, test } from 'vitest';
import { EMPTY_STATE, type GroupState, listOf } from '../replica/group-state.js';
import { strictest, voterSet, votingFor } from './voter-set.js';

const daemon = membershipId(daemonId('a' as NodeName, 1), 1);
const provider = (no: number) => ({ no, id: `a/${no}`, daemon });
const state: GroupState = { ...EMPTY_STATE, ...listOf([1, 2, 3].map(provider)) };
const remove = (no: number, reason: LeaveReason): Change => ({
  kind: 'remove',
  departures: [{ no, provider: `a/${no}`, reason }],
});
const join: Change = { kind: 'join', joiners: [provider(4)], attributes: null };
const nobodyFailed = (): boolean => false;

test.each<[string, Change, readonly number[]]>([
  ['a leaver votes on its own leave', remove(2, 'leave'), [1, 2, 3]],
  ['the target of an expel does not vote', remove(2, 'expel'), [1, 3]],
  ['the failed do not vote on their removal', remove(2, 'node-failure'), [1, 3]],
  ['nor do those who said goodbye', remove(2, 'goodbye'), [1, 3]],
  ['joiners vote', join, [1, 2, 3, 4]],
  ['everybody votes on what removes nobody', { kind: 'none' }, [1, 2, 3]],
])('M18: %s', (_, change, voters) => {
  expect(voterSet(change, state, nobodyFailed)).toEqual(voters);
});

test('M18: who is known to have failed does not vote', () => {
  expect(voterSet({ kind: 'none' }, state, (no) => no === 3)).toEqual([1, 2]);
});

test('M18: joiners do not vote where the group says so', () => {
  const silent = { ...state, attributes: { ...state.attributes, joinersVote: false } };
  expect(voterSet(join, silent, nobodyFailed)).toEqual([1, 2, 3]);
});

test('without voters there is no vote, nor on what asks for one phase, nor on a first join', () => {
  const choice = { phases: 'voting', timeLimit: 5 } as const;
  const context = { state, isFailed: nobodyFailed };
  expect(votingFor({ kind: 'none' }, choice, context)).toEqual({
    voters: [1, 2, 3],
    defaultVote: 'reject',
    maxPhases: 0,
    ...choice,
  });
  expect(votingFor({ kind: 'none' }, { ...choice, phases: 1 }, context)).toBeUndefined();
  expect(votingFor({ kind: 'none' }, choice, { state, isFailed: () => true })).toBeUndefined();
  const { attributes } = EMPTY_STATE;
  expect(votingFor({ ...join, attributes }, choice, context)).toBeUndefined();
});

test('M27: a batch has the choice of its most demanding member', () => {
  expect(strictest([{ phases: 1, timeLimit: 10 }])).toEqual({ phases: 1, timeLimit: 10 });
  const two = { phases: { exactly: 2 }, timeLimit: 5 };
  const three = { phases: { exactly: 3 }, timeLimit: 7 };
  expect(strictest([two, { phases: 1, timeLimit: 1 }, three])).toEqual(three);
  expect(strictest([three, two])).toEqual(three);
  const unlimited = { phases: 'voting', timeLimit: 0 } as const;
  expect(strictest([three, unlimited])).toEqual(unlimited);
});
