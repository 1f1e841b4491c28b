import type { MembershipId } from '@group-services/core';
import { LIMITS } from '@group-services/wire';
import { expect, test } from 'vitest';
import { EMPTY_STATE, type GroupState, listOf } from '../replica/group-state.js';
import { joinBatch } from './batching.js';
import type { JoinItem } from './selection.js';

const DAEMON = 'a.1.1' as MembershipId;
const labels = { long: 'x'.repeat(1_000) };
/** So many providers with such labels are a full list. */
const FULL = Math.floor(LIMITS.groupLabels / 1_000);

function item(n: number, more: Partial<JoinItem> = {}): JoinItem {
  const ref = { origin: DAEMON, n, low: 0 };
  return { ref, at: 0, provider: `a/${n}`, attributes: {}, labels, ...more };
}

function groupOf(count: number): GroupState {
  const providers = Array.from({ length: count }, (_, no) => ({
    id: `b/${no + 1}`,
    no: no + 1,
    daemon: DAEMON,
    labels,
  }));
  return { ...EMPTY_STATE, life: 1, nextNo: count + 1, ...listOf(providers) };
}

test('a list has no room for more labels than a frame, and takes those who have none', () => {
  const items = [item(1), item(2, { labels: undefined })];
  const { start, replies } = joinBatch(items, groupOf(FULL));
  expect(replies).toEqual([{ ref: items[0]?.ref, reply: { kind: 'labels-full' } }]);
  expect(start?.change).toMatchObject({ kind: 'join', joiners: [{ id: 'a/2' }] });
});

test('what joins together counts together', () => {
  const items = Array.from({ length: 20 }, (_, index) => item(index + 1));
  const { start, replies } = joinBatch(items, groupOf(FULL - 30));
  const joined = start?.change.kind === 'join' ? start.change.joiners.length : 0;
  expect(joined).toBeGreaterThan(0);
  expect(replies.length).toBeGreaterThan(0);
  expect(joined + replies.length).toBe(items.length);
});
