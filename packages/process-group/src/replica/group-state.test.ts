import { daemonId, membershipId, type NodeName } from '@group-services/core';
import { type Change, DEFAULT_ATTRIBUTES, type StartBody } from '@group-services/wire';
import { expect, test } from 'vitest';
import { applyStart, EMPTY_STATE, type GroupState, viewOf } from './group-state.js';

const daemon = membershipId(daemonId('a' as NodeName, 1), 1);
const x = { id: 'a/x', no: 1, daemon };
const y = { id: 'a/y', no: 2, daemon };

function after(state: GroupState, change: Change, position: number): GroupState {
  const start: StartBody = { kind: 'start', protocol: 'join', requests: [], change };
  return applyStart(state, start, position);
}

const first: Change = { kind: 'join', joiners: [x], attributes: DEFAULT_ATTRIBUTES };
const second: Change = { kind: 'join', joiners: [y], attributes: null };
const removal: Change = {
  kind: 'remove',
  departures: [{ no: 1, provider: 'a/x', reason: 'leave' }],
};

test('M29: newcomers stand at the end, and every list is a new view', () => {
  const state = after(after(EMPTY_STATE, first, 2), second, 5);
  expect(viewOf(state, 7)).toEqual({
    version: 2,
    fence: '0000000000000007-0000000000000005',
    providers: ['a/x', 'a/y'],
    numbers: [1, 2],
  });
  expect(viewOf(after(state, removal, 9), 7)).toMatchObject({ version: 3, providers: ['a/y'] });
});

test('M24: the state value lives as long as one provider does', () => {
  const value = new Uint8Array([1]);
  const state = after(after(EMPTY_STATE, first, 2), { kind: 'state', value }, 3);
  expect(state.stateValue).toBe(value);
  const over = after(state, removal, 4);
  expect(over.stateValue).toBeNull();
  const next = after(over, { ...first, joiners: [{ ...x, no: over.nextNo }] }, 5);
  expect(next).toMatchObject({ life: 2, viewVersion: 1, nextNo: 3, stateValue: null });
});

test('a body that does not fit changes as little as it can', () => {
  const state = after(EMPTY_STATE, first, 2);
  expect(after(state, first, 3).providers).toEqual([x]);
  const stranger: Change = {
    kind: 'remove',
    departures: [{ no: 9, provider: 'q/q', reason: 'expel' }],
  };
  expect(after(state, stranger, 3).providers).toEqual([x]);
});
