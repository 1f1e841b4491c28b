import { daemonId, membershipId, type NodeName } from '@group-services/core';
import { encodeProposal, type RequestRef } from '@group-services/wire';
import { expect, test } from 'vitest';
import { EMPTY_STATE, type GroupState, listOf } from '../replica/group-state.js';
import { type LeaveItem, type OtherItem, type Selected, Selection } from './selection.js';

const a = membershipId(daemonId('a' as NodeName, 1), 1);
const b = membershipId(daemonId('b' as NodeName, 1), 1);
const older = membershipId(daemonId('b' as NodeName, 1), 0);

const ref = (n: number, origin = b): RequestRef => ({ origin, n, low: 1 });
const join = (n: number, provider: string, at = 0) => ({
  ref: ref(n),
  provider,
  attributes: {},
  at,
});

function leave(n: number, origin = b): OtherItem {
  const proposal = { kind: 'leave', low: 1, proposer: 1 } as const;
  return { ref: ref(n, origin), proposal, body: encodeProposal(proposal) };
}

function failure(no: number) {
  return {
    departures: [{ no, provider: `b/${no}`, reason: 'process-failure' as const }],
    requests: [ref(no)],
    at: 0,
  };
}

function taken(selection: Selection, state: GroupState): readonly string[] {
  const names: string[] = [];
  for (;;) {
    const next = selection.next(state, 0);
    if (next === undefined) return names;
    names.push(...namesOf(next));
  }
}

function namesOf(selected: Selected): readonly string[] {
  switch (selected.class) {
    case 'departures':
      return selected.failures.map(({ departures }) => `failure ${departures[0]?.no}`);
    case 'joins':
      return selected.items.map((item) => `join ${item.ref.n}`);
    case 'other':
      return [`other ${selected.item.ref.n}`];
  }
}

test('M26: failures, then joins, then the rest, each in order of arrival', () => {
  const selection = new Selection();
  selection.addOther(leave(1));
  selection.addJoin(join(2, 'b/2'));
  selection.addFailure(failure(3));
  selection.addOther(leave(4));
  selection.addJoin(join(5, 'b/5'));
  selection.addFailure(failure(6));
  expect(taken(selection, EMPTY_STATE)).toEqual([
    'failure 3',
    'failure 6',
    'join 2',
    'join 5',
    'other 1',
    'other 4',
  ]);
});

test('M28 R2: a join waits for the removal of a failed provider of the same id', () => {
  const state = { ...EMPTY_STATE, ...listOf([{ id: 'b/x', no: 1, daemon: older }]) };
  const selection = new Selection();
  selection.addJoin(join(1, 'b/x'));
  selection.addJoin(join(2, 'b/y'));
  expect(taken(selection, state)).toEqual(['join 2']);
  expect(taken(selection, EMPTY_STATE)).toEqual(['join 1']);
});

test('a live instance is not waited for', () => {
  const state = { ...EMPTY_STATE, ...listOf([{ id: 'b/x', no: 1, daemon: b }]) };
  const selection = new Selection();
  selection.addJoin(join(1, 'b/x'));
  expect(taken(selection, state)).toEqual(['join 1']);
});

test('what is withdrawn or of a daemon that is gone does not run', () => {
  const selection = new Selection();
  selection.addJoin(join(1, 'b/x'));
  selection.addOther(leave(2));
  selection.addOther(leave(2, a));
  selection.addFailure(failure(3));
  expect(selection.withdraw(b, 1)).toBe(true);
  expect(selection.withdraw(b, 1)).toBe(false);
  selection.retain(new Set([a]));
  expect(selection.next(EMPTY_STATE, 0)).toMatchObject({ failures: [{ requests: [] }] });
  expect(taken(selection, EMPTY_STATE)).toEqual(['other 2']);
});

test('a second report about a failed provider is answered by the same failure leave', () => {
  const selection = new Selection();
  selection.addFailure(failure(3));
  expect(selection.addToFailures(failure(3).departures, ref(8))).toBe(true);
  expect(selection.addToFailures(failure(4).departures, ref(9))).toBe(false);
  const failures = [{ requests: [ref(3), ref(8)] }];
  expect(selection.next(EMPTY_STATE, 0)).toMatchObject({ failures });
});

const batching: GroupState = {
  ...EMPTY_STATE,
  ...listOf([{ id: 'a/x', no: 1, daemon: a }]),
  attributes: { ...EMPTY_STATE.attributes, batch: 'both', batchWindow: 10 },
};

function leaving(n: number, at: number, proposer = 1): LeaveItem {
  return { ref: ref(n), proposal: { kind: 'leave', low: 1, proposer }, at };
}

test('M27: what is batched waits for its window, and everything after it waits too', () => {
  const selection = new Selection();
  selection.addOther(leave(1));
  selection.addJoin(join(2, 'b/2', 5));
  selection.addJoin(join(3, 'b/3', 9));
  expect(selection.deadline(batching)).toBe(15);
  expect(selection.next(batching, 14)).toBeUndefined();
  selection.addLeave(leaving(4, 14));
  selection.addFailure({ ...failure(5), at: 16 });
  expect(selection.deadline(batching)).toBe(24);
  expect(selection.next(batching, 23)).toBeUndefined();
  expect(selection.next(batching, 24)).toMatchObject({
    class: 'departures',
    failures: [{ at: 16 }],
    leaves: [{ at: 14 }],
  });
  expect(taken(selection, { ...batching, attributes: EMPTY_STATE.attributes })).toEqual([
    'join 2',
    'join 3',
    'other 1',
  ]);
});

test('M27: a second leave of one provider is not part of the batch', () => {
  const selection = new Selection();
  for (const item of [leaving(1, 0), leaving(2, 0, 7), leaving(3, 0)]) selection.addLeave(item);
  expect(selection.next(batching, 10)).toMatchObject({ leaves: [{ at: 0 }, { at: 0 }] });
  expect(selection.length).toBe(1);
});

test('M27: leaves collected before the attribute changed run one by one', () => {
  const selection = new Selection();
  selection.addLeave(leaving(1, 0));
  selection.addLeave(leaving(2, 0, 7));
  expect(selection.next(EMPTY_STATE, 0)).toMatchObject({ failures: [], leaves: [leaving(1, 0)] });
  expect(selection.withdraw(b, 2)).toBe(true);
  expect(selection.length).toBe(0);
});

test('M27: the join that begins a life of the group is alone', () => {
  const selection = new Selection();
  selection.addJoin(join(1, 'b/1', 5));
  selection.addJoin(join(2, 'b/2', 5));
  const empty = { ...batching, ...listOf([]) };
  expect(selection.next(empty, 5)).toMatchObject({ items: [{ provider: 'b/1' }] });
});

test('M27: a batch has a bound, and the rest of it comes before anything else', () => {
  const selection = new Selection();
  for (let n = 1; n <= 900; n += 1) selection.addFailure(failure(n));
  for (let n = 1; n <= 200; n += 1) selection.addLeave(leaving(n, 0, 5_000 + n));
  for (let n = 1; n <= 1_500; n += 1) selection.addJoin(join(n, `b/${n}`));
  const sizes: string[] = [];
  for (let next = selection.next(batching, 10); next; next = selection.next(batching, 10)) {
    if (next.class === 'departures') sizes.push(`${next.failures.length}+${next.leaves.length}`);
    if (next.class === 'joins') sizes.push(`${next.items.length}`);
  }
  expect(sizes).toEqual(['900+100', '0+100', '1000', '500']);
});
