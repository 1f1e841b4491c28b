import { type GroupName, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, GroupMessage } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/harness/options.js';
import { Shared } from '../shared.js';
import { Delivery } from './delivery.js';
import { Leading } from './leading.js';
import type { QuiesceMode } from './quiescing.js';

const self = 'a.1.1' as MembershipId;
const member = 'b.1.1' as MembershipId;

/** A leader and one full member that has everything and knows it. */
function setUp(quiesce: QuiesceMode = 'anticipate') {
  const entry: Entry = {
    group: 'g' as GroupName,
    generation: 1,
    version: 3,
    since: 3,
    leader: self,
    members: [self, member].map((id) => ({ id, joinVersion: 1, full: true, address: id })),
  };
  const shared = new Shared({ ...testOptions(self), quiesce });
  shared.status = 'member';
  shared.joinVersion = 1;
  shared.footing.attach({ version: 3, since: 3, cut: 0 }, self);
  shared.known = entry;
  shared.learnAddresses(entry);
  const leading = new Leading(shared, new Delivery(shared, () => {}), entry, 0);
  leading.stability.add(entry.members[1] as Entry['members'][number], 0, { full: true, now: 0 });
  const place = (safe: boolean) =>
    leading.place({
      seq: leading.next,
      origin: self,
      originJoinVersion: 1,
      counter: 0,
      safe,
      view: false,
      body: new Uint8Array(),
    });
  const ack = (contiguous: number, stableSeen: number) =>
    leading.onAck(member, { version: 3, joinVersion: 1, contiguous, stableSeen, pressure: 0 });
  /** What is sent when the deadline is served at `now`. */
  const at = (now: number): GroupMessage[] => {
    shared.takeOutputs();
    shared.now = now;
    leading.onDeadline();
    return shared
      .takeOutputs()
      .flatMap((output) => (output.kind === 'send' ? [output.message] : []));
  };
  /** What is sent meanwhile, in short. */
  const sent = () =>
    shared.takeOutputs().flatMap((output) => {
      if (output.kind !== 'send') return [];
      const { message } = output;
      if (message.kind === 'data') return [`${message.entry.seq}${message.ackRequired ? '!' : ''}`];
      return [message.kind];
    });
  return { shared, leading, place, ack, at, sent };
}

describe('M13: when the leader syncs', () => {
  test('after the idle limit, until the member has everything and knows that all have it', () => {
    const { leading, place, ack, at } = setUp();
    place(false);
    expect(leading.deadline()).toBe(100);
    expect(at(100)).toMatchObject([{ kind: 'sync', last: 1, stable: 0, ackRequired: true }]);
    ack(1, 0);
    expect(at(200)).toMatchObject([{ kind: 'sync', last: 1, stable: 1, ackRequired: true }]);
    ack(1, 1);
    expect(at(300)).toEqual([]);
    expect(leading.deadline()).toBe(NEVER);
  });

  test('traffic puts it off, since every message says the same', () => {
    const { leading, place, at } = setUp();
    place(false);
    at(60);
    place(false);
    expect(leading.deadline()).toBe(160);
  });

  test('B3: when a safe message becomes stable, at the end of the same turn', () => {
    const { leading, place, ack, at } = setUp();
    place(true);
    expect(leading.deadline()).toBe(50);
    ack(1, 0);
    expect(leading.deadline()).toBe(0);
    expect(at(0)).toMatchObject([{ kind: 'sync', stable: 1, ackRequired: false }]);
  });

  test('B3: a safe message that nobody acknowledges is synced after the retry time', () => {
    const { place, ack, at } = setUp();
    place(true);
    expect(at(50)).toMatchObject([{ kind: 'sync', last: 1, ackRequired: true }]);
    ack(1, 0);
    at(60);
    // The announcement may be what was lost.
    expect(at(110)).toMatchObject([{ kind: 'sync', stable: 1, ackRequired: true }]);
  });

  test('the next message carries the news of a stable one', () => {
    const { leading, place, ack } = setUp();
    place(true);
    ack(1, 0);
    place(false);
    expect(leading.deadline()).toBeGreaterThan(0);
  });
});

describe('M13: what the quiesce modes change', () => {
  const nine = (mode: QuiesceMode): string => {
    const { place, sent } = setUp(mode);
    for (let index = 0; index < 9; index += 1) place(false);
    return sent().join(' ');
  };

  test('a full window', () => {
    expect(nine('sync')).toBe('1 2 3 4 5 6 7 8 sync 9');
    expect(nine('ack-required')).toBe('1 2 3 4 5 6 7 8 9!');
    expect(nine('convert')).toBe('1 2 3 4 5 6 7 8! 9');
    expect(nine('anticipate')).toBe('1 2 3 4 5 6 7 8! 9');
  });

  test('convert: when idle the last message goes again, and SYNC tells what is stable', () => {
    const { place, ack, at } = setUp('convert');
    place(false);
    place(false);
    expect(at(100)).toMatchObject([{ kind: 'data', ackRequired: true, entry: { seq: 2 } }]);
    ack(2, 0);
    expect(at(200)).toMatchObject([{ kind: 'sync', last: 2, stable: 2 }]);
    ack(2, 2);
    expect(at(300)).toEqual([]);
  });

  test('ack-required: when idle nothing follows, so SYNC asks', () => {
    const { place, at } = setUp('ack-required');
    place(false);
    expect(at(100)).toMatchObject([{ kind: 'sync', last: 1, ackRequired: true }]);
  });

  test.each(['anticipate', 'sync', 'ack-required', 'convert'] as const)(
    'B4: %s: who is silent while traffic goes on is asked long before it counts as slow',
    (mode) => {
      const { place, ack, at, sent } = setUp(mode);
      for (let now = 0; now <= 240; now += 60) {
        at(now);
        place(false);
      }
      expect(sent()).toEqual(['5']);
      expect(at(250)).toMatchObject([{ kind: 'sync', last: 5, ackRequired: true }]);
      ack(4, 0);
      at(300);
      place(false);
      expect(at(399)).toEqual([]);
    },
  );

  // With a window of eight, members that anticipate acknowledge the fourth message unasked.
  test.each([
    { mode: 'sync', messages: 2, asks: true },
    { mode: 'sync', messages: 4, asks: true },
    { mode: 'anticipate', messages: 2, asks: true },
    { mode: 'anticipate', messages: 4, asks: false },
  ] as const)('B4: $mode: SYNC when the flow closes at message $messages: $asks', (row) => {
    const { shared, leading, sent } = setUp(row.mode);
    const body = new Uint8Array(1_200 / row.messages);
    for (let index = 0; index < row.messages; index += 1) {
      const seq = leading.next;
      const origin = self;
      leading.place({
        seq,
        origin,
        originJoinVersion: 1,
        counter: 0,
        safe: false,
        view: false,
        body,
      });
    }
    expect(shared.log.bytes).toBe(1_200);
    expect(sent().includes('sync')).toBe(row.asks);
  });
});

describe('M11: which messages must be acknowledged', () => {
  test('safe ones, and one in every window', () => {
    const { shared, place } = setUp();
    for (let index = 0; index < 18; index += 1) place(index === 16);
    const required = shared
      .takeOutputs()
      .flatMap((output) =>
        output.kind === 'send' && output.message.kind === 'data' && output.message.ackRequired
          ? [output.message.entry.seq]
          : [],
      );
    expect(required).toEqual([8, 16, 17]);
  });
});
