import type { MembershipId } from '@group-services/core';
import type { Acknowledgement, Entry, Member } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/harness/options.js';
import { Shared } from '../shared.js';
import { MutualStability } from './mutual.js';

const leader = 'a.1.1' as MembershipId;
const other = 'c.1.1' as MembershipId;

function entryOf(size: number): Entry {
  const members = Array.from({ length: size }, (_, index): Member => {
    const id = `${String.fromCharCode(97 + index)}.1.1` as MembershipId;
    return { id, address: id, joinVersion: index + 1, full: true };
  });
  return { ...testEntry, version: size, since: 2, members, leader };
}

const testEntry = { group: 'g', generation: 1 } as unknown as Entry;

/** A member that has five messages, the last of them safe, of which the leader has said nothing yet. */
function setUp(size = 3, views: readonly number[] = []) {
  const shared = new Shared(testOptions('b.1.1'));
  shared.status = 'member';
  shared.joinVersion = 2;
  shared.footing.attach({ version: 4, since: 2, cut: 0 }, leader);
  shared.installed = entryOf(size);
  for (let seq = 1; seq <= 5; seq += 1) {
    const view = views.includes(seq);
    const body = new Uint8Array();
    const from = { origin: leader, originJoinVersion: 1, counter: 0 };
    shared.log.put({ seq, ...from, safe: view || seq === 5, view, body });
  }
  const mutual = new MutualStability(shared);
  const hear = (contiguous: number, ack: Partial<Acknowledgement> = {}): boolean => {
    mutual.heard(other, {
      version: 4,
      joinVersion: 3,
      contiguous,
      stableSeen: 0,
      pressure: 0,
      ...ack,
    });
    return mutual.advance();
  };
  return { shared, mutual, hear };
}

describe('B3 M12: what members tell each other', () => {
  test('is stable as far as all of them have it, ourselves included', () => {
    const { shared, hear } = setUp();
    expect([hear(3), shared.stable]).toEqual([true, 3]);
    expect([hear(2), shared.stable]).toEqual([false, 3]);
    expect([hear(9), shared.stable]).toEqual([true, 5]);
  });

  test('counts in the term of the leader that we obey, and for the membership that is listed', () => {
    const { hear } = setUp();
    expect(hear(5, { version: 1 })).toBe(false);
    expect(hear(5, { version: 5 })).toBe(false);
    expect(hear(5, { joinVersion: 2 })).toBe(false);
    expect(hear(5, { version: 2 })).toBe(true);
  });

  test('counts no more when another term begins, and nothing does while a takeover is under way', () => {
    const { shared, mutual, hear } = setUp();
    shared.footing.freeze(other, 7);
    expect(hear(5, { version: 7 })).toBe(false);
    const again = setUp();
    again.mutual.heard(other, {
      version: 4,
      joinVersion: 3,
      contiguous: 5,
      stableSeen: 0,
      pressure: 0,
    });
    again.mutual.newTerm();
    expect(again.mutual.advance()).toBe(false);
    expect(mutual.advance()).toBe(false);
  });

  test('says nothing of a view that is not delivered, nor of what is behind it', () => {
    const { shared, hear } = setUp(3, [4]);
    expect([hear(5), shared.stable]).toEqual([true, 3]);
    shared.delivered = 4;
    expect([hear(5), shared.stable]).toEqual([true, 5]);
  });

  test('is for groups of at most eight; of two, nobody has to be heard', () => {
    const alone = setUp(2);
    expect([alone.mutual.advance(), alone.shared.stable]).toEqual([true, 5]);
    const many = setUp(9);
    expect(many.hear(5)).toBe(false);
  });
});
