import { describe, expect, it } from 'vitest';
import type { ViewChange } from './client-messages.js';
import { FollowedView } from './followed-view.js';

const three = { version: 3, fence: 'f3', providers: ['n1/a', 'n2/b', 'n3/c'], numbers: [1, 2, 5] };

function change(more: Partial<ViewChange>): ViewChange {
  return { version: 4, fence: 'f4', joined: [], numbers: [], left: [], ...more };
}

function gone(...providers: string[]): ViewChange['left'] {
  return providers.map((provider) => ({ provider, reason: 'leave' }));
}

describe('FollowedView', () => {
  it('keeps the labels of those who are on the list', () => {
    const list = new FollowedView({ ...three, labels: { 'n1/a': { zone: 'eu' } } });
    const labels = { 'n0/e': { zone: 'us' } };
    expect(list.apply(change({ joined: ['n1/d', 'n0/e'], numbers: [7, 6], labels }))).toBe(true);
    expect(list.view.labels).toEqual({ 'n1/a': { zone: 'eu' }, 'n0/e': { zone: 'us' } });
    expect(list.apply(change({ version: 5, left: gone('n1/a') }))).toBe(true);
    expect(list.view.labels).toEqual({ 'n0/e': { zone: 'us' } });
    expect(list.apply(change({ version: 6, left: gone('n0/e', 'n1/d') }))).toBe(true);
    expect(list.view.labels).toBeUndefined();
  });

  it('M29: who stays keeps the order, who joins comes last', () => {
    const list = new FollowedView(three);
    const given = change({ left: gone('n2/b'), joined: ['n1/d', 'n0/e'], numbers: [7, 6] });
    expect(list.apply(given)).toBe(true);
    const providers = ['n1/a', 'n3/c', 'n1/d', 'n0/e'];
    expect(list.view).toEqual({ version: 4, fence: 'f4', providers, numbers: [1, 5, 7, 6] });
    expect([1, 2, 5, 6, 7].map((no) => list.idOf(no))).toEqual([
      'n1/a',
      undefined,
      'n3/c',
      'n0/e',
      'n1/d',
    ]);
  });

  it('leaves earlier lists as they were', () => {
    const list = new FollowedView(three);
    list.apply(change({ left: gone('n1/a', 'n2/b', 'n3/c') }));
    expect(list.view.providers).toEqual([]);
    expect(three.providers).toHaveLength(3);
  });

  it('takes back who has left, under another number', () => {
    const list = new FollowedView(three);
    list.apply(change({ left: gone('n1/a') }));
    expect(list.apply(change({ version: 5, joined: ['n1/a'], numbers: [9] }))).toBe(true);
    expect(list.view).toMatchObject({ providers: ['n2/b', 'n3/c', 'n1/a'], numbers: [2, 5, 9] });
  });

  it.each([
    ['a version is left out', { version: 5 }],
    ['it is the present version', { version: 3 }],
    ['somebody leaves who is not there', { left: gone('n9/x') }],
    ['somebody leaves twice', { left: gone('n1/a', 'n1/a') }],
    ['somebody joins who is there', { joined: ['n1/a'], numbers: [8] }],
    ['a number is taken', { joined: ['n1/d'], numbers: [5] }],
    ['a number is missing', { joined: ['n1/d', 'n1/e'], numbers: [8] }],
  ])('does not follow when %s', (_what, more) => {
    const list = new FollowedView(three);
    expect(list.apply(change(more))).toBe(false);
    expect(list.view).toBe(three);
  });
});
