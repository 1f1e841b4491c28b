import { type MembershipId, NEVER } from '@group-services/core';
import type { GroupMessage } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/harness/options.js';
import { Shared } from '../shared.js';
import { Acknowledging } from './acknowledging.js';
import type { QuiesceMode } from './quiescing.js';

const leader = 'a.1.1' as MembershipId;

function setUp(quiesce: QuiesceMode = 'anticipate') {
  const shared = new Shared({ ...testOptions('b.1.1'), quiesce });
  shared.status = 'member';
  shared.joinVersion = 2;
  shared.footing.attach({ version: 3, since: 3, cut: 0 }, leader);
  shared.learnAddress(leader, 'a');
  const acknowledging = new Acknowledging(shared);
  const arrive = (seq: number, atOnce = false) => {
    const body = new Uint8Array();
    shared.log.put({
      seq,
      origin: leader,
      originJoinVersion: 1,
      counter: 0,
      safe: false,
      view: false,
      body,
    });
    acknowledging.arrived(seq, { atOnce, safe: false });
  };
  /** What is sent when the deadline is served at `now`. */
  const at = (now: number): GroupMessage[] => {
    shared.now = now;
    acknowledging.onDeadline();
    return shared
      .takeOutputs()
      .flatMap((output) => (output.kind === 'send' ? [output.message] : []));
  };
  return { shared, acknowledging, arrive, at };
}

describe('M11 M13: when a member acknowledges', () => {
  test('what must be acknowledged is, at the end of the turn, for all that came in it', () => {
    const { acknowledging, arrive, at } = setUp();
    arrive(1, true);
    arrive(2);
    expect(acknowledging.deadline()).toBe(0);
    const expected = {
      kind: 'ack',
      version: 3,
      joinVersion: 2,
      contiguous: 2,
      stableSeen: 0,
      pressure: 0,
    };
    expect(at(0)).toEqual([expected]);
    expect(acknowledging.deadline()).toBe(NEVER);
  });

  test('the rest is acknowledged unasked after half the idle limit or half the window', () => {
    const { acknowledging, arrive, at } = setUp();
    arrive(1);
    expect(acknowledging.deadline()).toBe(50);
    for (const seq of [2, 3]) arrive(seq);
    expect(acknowledging.deadline()).toBe(50);
    arrive(4);
    expect(acknowledging.deadline()).toBe(0);
    expect(at(0)).toHaveLength(1);
  });

  test.each(['sync', 'ack-required', 'convert'] as const)('%s: nothing unasked', (mode) => {
    const { acknowledging, arrive, at } = setUp(mode);
    for (let seq = 1; seq <= 20; seq += 1) arrive(seq);
    expect(acknowledging.deadline()).toBe(NEVER);
    acknowledging.synced(20, true);
    expect(at(0)).toMatchObject([{ kind: 'ack', contiguous: 20 }]);
  });

  test('sync: who was asked with a gap answers again when the gap is closed', () => {
    const { acknowledging, arrive, at } = setUp('sync');
    arrive(1);
    acknowledging.synced(3, true);
    expect(at(0)).toMatchObject([{ kind: 'ack', contiguous: 1 }]);
    arrive(3);
    expect(at(1)).toEqual([]);
    arrive(2);
    expect(at(2)).toMatchObject([{ kind: 'ack', contiguous: 3 }]);
    arrive(4);
    expect(acknowledging.deadline()).toBe(NEVER);
  });

  test('anticipate: SYNC that overtakes its message is answered again when that comes', () => {
    const { acknowledging, arrive, at } = setUp('anticipate');
    acknowledging.synced(1, true);
    expect(at(0)).toMatchObject([{ kind: 'ack', contiguous: 0 }]);
    arrive(1);
    expect(at(0)).toMatchObject([{ kind: 'ack', contiguous: 1 }]);
  });

  test('a number that rides on something else needs no message of its own', () => {
    const { acknowledging, arrive } = setUp();
    arrive(1, true);
    expect(acknowledging.ride().contiguous).toBe(1);
    expect(acknowledging.deadline()).toBe(NEVER);
  });

  test('nothing is acknowledged while a takeover has frozen us', () => {
    const { shared, acknowledging, arrive, at } = setUp();
    arrive(1, true);
    shared.footing.freeze(leader, 3);
    expect(at(10)).toEqual([]);
    expect(acknowledging.deadline()).toBe(NEVER);
  });
});

describe('M9: when a member asks for what is missing', () => {
  test('a gap gets a moment to close by itself, then it is asked for, again and again', () => {
    const { acknowledging, arrive, at } = setUp();
    arrive(1);
    arrive(4);
    expect(acknowledging.deadline()).toBe(10);
    expect(at(10)).toEqual([{ kind: 'nack', version: 3, from: 2, to: 3 }]);
    expect(at(49)).toEqual([]);
    expect(at(60).at(-1)).toMatchObject({ kind: 'nack', from: 2, to: 3 });
  });

  test('a repair that goes on is not disturbed; when it pauses, the next piece is asked for', () => {
    const { shared, arrive, at } = setUp();
    arrive(10, false);
    at(10);
    shared.now = 15;
    arrive(1);
    shared.now = 20;
    arrive(2);
    expect(at(29)).toEqual([]);
    expect(at(30)).toEqual([{ kind: 'nack', version: 3, from: 3, to: 9 }]);
  });

  test('several gaps are asked for at once, the lowest ones, and no more than four', () => {
    const { arrive, at } = setUp('sync');
    for (const seq of [2, 4, 7, 9, 11]) arrive(seq);
    expect(at(10)).toEqual([
      { kind: 'nack', version: 3, from: 1, to: 1 },
      { kind: 'nack', version: 3, from: 3, to: 3 },
      { kind: 'nack', version: 3, from: 5, to: 6 },
      { kind: 'nack', version: 3, from: 8, to: 8 },
    ]);
    arrive(1);
    expect(at(20)).toHaveLength(4);
  });

  test('SYNC shows that the last message is missing', () => {
    const { acknowledging, at } = setUp();
    acknowledging.synced(2, true);
    expect(at(10)).toEqual([
      { kind: 'ack', version: 3, joinVersion: 2, contiguous: 0, stableSeen: 0, pressure: 0 },
      { kind: 'nack', version: 3, from: 1, to: 2 },
    ]);
  });
});
