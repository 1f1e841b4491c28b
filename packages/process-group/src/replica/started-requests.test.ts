import { daemonId, membershipId, type NodeName } from '@group-services/core';
import { expect, test } from 'vitest';
import { StartedRequests } from './started-requests.js';

const a = membershipId(daemonId('a' as NodeName, 1), 1);
const b = membershipId(daemonId('b' as NodeName, 1), 1);

test('requests may start out of order', () => {
  const started = new StartedRequests();
  started.add(a, 3, 1);
  expect([1, 2, 3, 4].map((n) => started.has(a, n))).toEqual([false, false, true, false]);
  started.add(a, 1, 1);
  started.add(a, 2, 1);
  expect(started.toSnapshot()).toEqual([{ origin: a, upTo: 3, ahead: [] }]);
});

test('the lowest open request tells what was answered otherwise', () => {
  const started = new StartedRequests();
  started.add(a, 2, 1);
  started.add(a, 9, 8);
  expect(started.toSnapshot()).toEqual([{ origin: a, upTo: 7, ahead: [{ n: 9, proposer: 0 }] }]);
  started.add(a, 8, 8);
  expect(started.toSnapshot()).toEqual([{ origin: a, upTo: 9, ahead: [] }]);
});

test('a snapshot is a copy, the same at every daemon', () => {
  const one = new StartedRequests();
  one.add(b, 1, 1);
  one.add(a, 5, 1);
  one.add(a, 3, 1);
  const other = new StartedRequests();
  other.addAll([
    { origin: a, n: 3, low: 1 },
    { origin: a, n: 5, low: 1 },
    { origin: b, n: 1, low: 1 },
  ]);
  expect(one.toSnapshot()).toEqual(other.toSnapshot());
  const copy = one.copy();
  copy.add(a, 1, 1);
  expect(one.has(a, 1)).toBe(false);
});

test('a membership that is gone is forgotten', () => {
  const started = new StartedRequests();
  started.add(a, 1, 1);
  started.add(b, 1, 1);
  started.retain(new Set([b]));
  expect(started.toSnapshot().map(({ origin }) => origin)).toEqual([b]);
});

test('a later proposal of the same provider is remembered as long as an earlier one may come again', () => {
  const started = new StartedRequests();
  started.add(a, 3, 1, 7);
  expect([1, 2, 4].map((n) => started.hasLater(a, n, 7))).toEqual([true, true, false]);
  expect(started.hasLater(a, 2, 8)).toBe(false);
  expect(started.copy().hasLater(a, 2, 7)).toBe(true);
  // Both were answered at the daemon: they do not come again.
  started.add(a, 4, 3, 7);
  expect(started.toSnapshot()).toEqual([{ origin: a, upTo: 4, ahead: [] }]);
});
