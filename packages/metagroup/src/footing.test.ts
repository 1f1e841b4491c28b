import type { MembershipId } from '@group-services/core';
import { describe, expect, test } from 'vitest';
import { Footing } from './footing.js';

const self = 'b.1.1' as MembershipId;
const first = 'a.1.1' as MembershipId;
const other = 'c.1.1' as MembershipId;

function stamp(version: number, since: number) {
  return { version, since, cut: 7, stable: 0 };
}

/** A full member of generation 1 in the term that began with version 3. */
function footing(): Footing {
  const made = new Footing(self);
  made.enter(1);
  made.attach({ version: 3, since: 3, cut: 0 }, first);
  return made;
}

describe('M5 M8: what a membership has promised', () => {
  test('is taken back by nobody within a generation', () => {
    const one = footing();
    one.promise(5);
    one.promise(5);
    expect(() => one.promise(4)).toThrow(/never taken back/);
    expect(() => one.freeze(other, 4)).toThrow(/never taken back/);
    expect(() => one.claim(5)).toThrow(/nobody else was promised/);
    one.obey(first, stamp(4, 3));
    expect(one.promised).toBe(5);
  });

  test('counts no more in a newer generation, and no generation comes back', () => {
    const one = footing();
    one.enter(2);
    expect(one.promised).toBe(0);
    expect(() => one.enter(2)).toThrow(/never gone back to/);
    expect(() => one.enter(1)).toThrow(/never gone back to/);
  });
});

describe('M8: a freeze', () => {
  test('ends with the leader that was promised, and with no other', () => {
    const one = footing();
    one.freeze(other, 6);
    expect(one.awaits(3)).toBe(false);
    expect(() => one.obey(first, stamp(6, 3))).toThrow(/a freeze ends/);
    expect(one.isNewTerm(other, stamp(6, 6))).toBe(true);
    one.obey(other, stamp(6, 6));
    expect(one).toMatchObject({ frozen: 0, promised: 6, since: 6, cut: 7, leader: other });
    expect(one.isNewTerm(other, stamp(8, 6))).toBe(false);
  });

  test('holds the claimant too, until it leads; nobody leads without a claim', () => {
    const one = footing();
    expect(() => one.lead(1)).toThrow(/has claimed/);
    one.claim(4);
    expect(one).toMatchObject({ frozen: 4, promised: 4, since: 4, leader: self });
    one.lead(9);
    expect(one).toMatchObject({ frozen: 0, cut: 9 });
  });
});
