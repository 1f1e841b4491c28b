import type { Change, RiderBody, StartBody, Voting } from '@group-services/wire';
import { expect, test } from 'vitest';
import { begun, effectOf, type Running, votingOf, withRider } from './running.js';

const voting: Voting = {
  voters: [1, 2],
  defaultVote: 'reject',
  timeLimit: 0,
  phases: 'voting',
  maxPhases: 0,
};

function running(change: Change): Running {
  const start: StartBody = { kind: 'start', protocol: 'state', requests: [], change, voting };
  return begun(start, voting, 7);
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);
const rider = (no: number, payload: Uint8Array, phase = 1): RiderBody => ({
  kind: 'rider',
  protocol: 7,
  phase,
  no,
  payload,
});
const result = {
  kind: 'result',
  protocol: 7,
  phase: 1,
  causes: [],
  riders: [],
  defaultVote: 'reject',
} as const;
const ended = (outcome: 'approved' | 'rejected', stateValue?: Uint8Array) => ({
  ...result,
  causes: [],
  riders: [],
  outcome,
  stateValue,
});

test('M20: a voter has one message rider per phase, whoever places it', () => {
  const once = withRider(running({ kind: 'none' }), rider(1, bytes(1)));
  expect(withRider(once, rider(1, bytes(2)))).toBe(once);
  expect(withRider(once, rider(2, bytes(2), 2))).toBe(once);
  expect(withRider(once, rider(2, bytes(2))).placed.map(({ no }) => no)).toEqual([1, 2]);
});

test('a START without voters is its result', () => {
  const { start } = running({ kind: 'none' });
  expect(votingOf(start)).toBe(voting);
  expect(votingOf({ ...start, voting: { ...voting, voters: [] } })).toBeUndefined();
});

test('M20: the latest proposed state value counts if it is approved, and only then', () => {
  const proposed = running({ kind: 'state', value: bytes(1) });
  expect(effectOf(proposed, ended('approved')).stateValue).toEqual(bytes(1));
  expect(effectOf(proposed, ended('approved', bytes(2))).stateValue).toEqual(bytes(2));
  expect(effectOf(proposed, ended('rejected', bytes(2)))).toEqual({
    change: { kind: 'none' },
    stateValue: null,
  });
});

test('M23 M27: of a rejected removal the failed are removed, and nobody else', () => {
  const departures = (['leave', 'process-failure', 'expel', 'goodbye'] as const).map(
    (reason, index) => ({ no: index + 1, provider: `a/${index + 1}`, reason }),
  );
  const { change } = effectOf(running({ kind: 'remove', departures }), ended('rejected'));
  expect(change).toEqual({ kind: 'remove', departures: [departures[1], departures[3]] });
});
