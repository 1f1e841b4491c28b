import { expect, it } from 'vitest';
import type { Running, Votes } from '../api/answers.js';
import { votersOf } from './voters.js';

const running = { protocol: '1.5', phase: 2, voters: ['a', 'b', 'c'] } as unknown as Running;
const voting = { protocol: '1.5', phase: 2, waitingFor: ['b'] };
const leader = { from: 'leader', voting } as unknown as Votes;
const phase = {
  number: 2,
  from: 0,
  to: undefined,
  votes: new Map([['a', { value: 'approve', at: 1 } as const]]),
  more: 0,
};

it('tells votes that are seen from those that only the leader knows', () => {
  const states = (votes: Votes | undefined) => votersOf(running, votes, phase).map((v) => v.state);
  expect(states(leader)).toEqual(['approve', 'missing', 'voted']);
  expect(states({ ...leader, from: 'member' } as Votes)).toEqual(['approve', 'missing', 'unknown']);
  expect(states(undefined)).toEqual(['approve', 'unknown', 'unknown']);
});

it('takes no answer about another phase', () => {
  const old = { ...leader, voting: { ...voting, phase: 1 } } as unknown as Votes;
  expect(votersOf(running, old, undefined).map((v) => v.state)).toEqual(Array(3).fill('unknown'));
});
