import { daemonOf, type MembershipId, nodeOf } from '@group-services/core';
import type { Member } from '@group-services/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextList, sameList } from './next-list.js';

function member(id: string, joinVersion = 1, full = true): Member {
  return { id: id as MembershipId, joinVersion, full, address: 'x' };
}

function insert(id: string) {
  return { id: id as MembershipId, address: 'x' };
}

const ids = (members: readonly Member[]) => members.map((each) => each.id);
const nobody = () => false;

describe('M5 M6 M7: the next list', () => {
  test('newcomers stand at the end, in the order in which they asked, joining', () => {
    const members = [member('a.1.1'), member('b.1.1')];
    const inserts = [insert('d.1.1'), insert('c.1.1')];
    const next = nextList({ members, removed: nobody, inserts, version: 5 });
    expect(ids(next)).toEqual(['a.1.1', 'b.1.1', 'd.1.1', 'c.1.1']);
    expect(next[2]).toEqual({ ...member('d.1.1', 5, false) });
  });

  test('a restarted daemon replaces its former membership in the same change', () => {
    const members = [member('a.1.1'), member('b.1.9'), member('c.1.1')];
    const next = nextList({ members, removed: nobody, inserts: [insert('b.2.1')], version: 5 });
    expect(ids(next)).toEqual(['a.1.1', 'c.1.1', 'b.2.1']);
  });

  test('a late INSERT of an older life changes nothing, compared by incarnation first', () => {
    const members = [member('a.1.1'), member('b.2.1')];
    const inserts = [insert('b.1.9'), insert('b.2.0')];
    const next = nextList({ members, removed: nobody, inserts, version: 5 });
    expect(sameList(next, members)).toBe(true);
  });

  test('of several attempts of one node the newest comes in', () => {
    const inserts = [insert('b.1.2'), insert('b.2.1'), insert('b.1.3')];
    const next = nextList({ members: [member('a.1.1')], removed: nobody, inserts, version: 2 });
    expect(ids(next)).toEqual(['a.1.1', 'b.2.1']);
  });

  test('the order of those who stay never changes, and no node is listed twice', () => {
    const id = fc
      .record({
        node: fc.constantFrom('a', 'b', 'c', 'd'),
        incarnation: fc.integer({ min: 1, max: 3 }),
        joinNo: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ node, incarnation, joinNo }) => `${node}.${incarnation}.${joinNo}`);
    const unique = fc.uniqueArray(id, {
      selector: (text) => nodeOf(daemonOf(text as MembershipId)),
    });
    fc.assert(
      fc.property(unique, fc.uniqueArray(id), fc.func(fc.boolean()), (listed, asked, gone) => {
        const members = listed.map((each) => member(each));
        const next = nextList({
          members,
          removed: (each) => gone(each.id),
          inserts: asked.map(insert),
          version: 9,
        });
        const nodes = next.map((each) => nodeOf(daemonOf(each.id)));
        expect(new Set(nodes).size).toBe(nodes.length);
        const stayed = next.filter((each) => each.joinVersion === 1);
        expect(ids(stayed)).toEqual(listed.filter((each) => ids(stayed).includes(each as never)));
        expect(next.slice(stayed.length).every((each) => each.joinVersion === 9)).toBe(true);
      }),
    );
  });
});
