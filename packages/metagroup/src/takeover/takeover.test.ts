import { daemonOf, type GroupName, type MembershipId } from '@group-services/core';
import type { Entry, GroupMessage, LogEntry } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/harness/options.js';
import { Shared } from '../shared.js';
import { Takeover, TakeoverMember, type TakeoverResult } from './takeover.js';

const self = 'b.1.1' as MembershipId;
const other = 'c.1.1' as MembershipId;
const joiner = 'd.1.1' as MembershipId;

const entry: Entry = {
  group: 'g' as GroupName,
  generation: 1,
  version: 4,
  since: 4,
  leader: self,
  members: [self, other, joiner].map((id) => ({ id, joinVersion: 1, full: true, address: id })),
};

function logEntry(seq: number, bytes: number): LogEntry {
  const body = new Uint8Array(bytes);
  return { seq, origin: other, originJoinVersion: 1, counter: 0, safe: false, view: false, body };
}

function member(id: MembershipId): Shared {
  const shared = new Shared({ ...testOptions(id), maxUnstableMessages: 5_000 });
  shared.status = 'member';
  shared.joinVersion = 1;
  shared.footing.enter(1);
  shared.footing.attach({ version: 3, since: 1, cut: 0 }, 'a.1.1' as MembershipId);
  shared.learnAddresses(entry);
  return shared;
}

function sent(shared: Shared): { to: MembershipId; message: GroupMessage }[] {
  return shared
    .takeOutputs()
    .flatMap((output) =>
      output.kind === 'send' ? [{ to: output.to, message: output.message }] : [],
    );
}

function claim() {
  const shared = member(self);
  const results: TakeoverResult[] = [];
  const takeover = new Takeover(shared, entry, (result) => results.push(result));
  takeover.start();
  return { shared, takeover, results };
}

describe('M8 M14: a claimant', () => {
  test('waits for all, asks again those who are silent, and freezes itself', () => {
    const { shared, takeover, results } = claim();
    expect(sent(shared).map(({ to }) => to)).toEqual([other, joiner]);
    expect([shared.footing.promised, shared.footing.frozen, shared.footing.leader]).toEqual([
      4,
      4,
      self,
    ]);
    takeover.onState(other, 4, 0, 0);
    takeover.onState(joiner, 3, null, 0);
    shared.now = takeover.deadline();
    takeover.onDeadline();
    expect(sent(shared).map(({ to }) => to)).toEqual([joiner]);
    takeover.onState(joiner, 4, null, 0);
    expect(results).toMatchObject([{ cut: 0 }]);
    expect(shared.footing.frozen).toBe(0);
  });

  test.each([
    { what: 'many messages', count: 1_300, bytes: 1 },
    { what: 'large messages', count: 9, bytes: 400_000 },
  ])('fetches $what piece by piece, without waiting in between', ({ count, bytes }) => {
    const { shared, takeover, results } = claim();
    const source = member(other);
    for (let seq = 1; seq <= count; seq += 1) source.log.put(logEntry(seq, bytes));
    const answering = new TakeoverMember(source);
    answering.onTakeover(self, entry);
    takeover.onState(joiner, 4, null, 0);
    takeover.onState(other, 4, count, 0);
    let pieces = 0;
    for (let round = 0; round < 10; round += 1) {
      for (const { message } of sent(shared)) {
        if (message.kind !== 'fetch') continue;
        pieces += 1;
        answering.onFetch(self, message.version, message);
      }
      for (const { message } of sent(source)) {
        if (message.kind === 'fetched') takeover.onFetched(other, message);
      }
    }
    expect(pieces).toBe(3);
    expect(results).toMatchObject([{ cut: count }]);
    expect(shared.log.contiguous).toBe(count);
  });

  test('names as missing who is silent for too long, but not a source that goes on sending', () => {
    const { shared, takeover } = claim();
    expect(takeover.missing(1)).toEqual([]);
    shared.noteRead({ readUpTo: shared.now });
    expect(takeover.missing(0).map(({ id }) => id)).toEqual([other, joiner]);
    takeover.onState(joiner, 4, null, 0);
    shared.now = 30;
    takeover.onState(other, 4, 2, 0);
    shared.now = 60;
    takeover.onFetched(other, { kind: 'fetched', version: 4, entry: logEntry(1, 1) });
    shared.now = 100;
    // What came since 99 is unread.
    shared.noteRead({ readUpTo: 99 });
    expect(takeover.missing(40)).toEqual([]);
    shared.noteRead({ readUpTo: 100 });
    expect(takeover.missing(41)).toEqual([]);
    expect(takeover.missing(40).map(({ id }) => id)).toEqual([other]);
    shared.noteRead({ readUpTo: 100, readOf: new Map([[daemonOf(other), 99]]) });
    expect([takeover.missing(40), takeover.lateAt(40) > shared.now]).toEqual([[], true]);
    shared.noteRead({ readUpTo: 100, readOf: new Map([[daemonOf(joiner), 99]]) });
    expect(takeover.missing(40).map(({ id }) => id)).toEqual([other]);
    expect(takeover.lateAt(40)).toBe(Infinity);
  });
});

describe('M8: a member', () => {
  test('promises the highest version, answers again when asked again, and never goes back', () => {
    const shared = member(other);
    const answering = new TakeoverMember(shared);
    expect(answering.onTakeover(self, entry)).toBe(true);
    expect(answering.onTakeover(self, entry)).toBe(true);
    const state = { kind: 'state', version: 4, contiguous: 0, pressure: 0 };
    expect(sent(shared)).toEqual([
      { to: self, message: state },
      { to: self, message: state },
    ]);
    expect(answering.onTakeover(self, { ...entry, version: 3 })).toBe(false);
    expect(sent(shared)).toMatchObject([{ message: { kind: 'stale', version: 4 } }]);
    // The new leader has spoken; a late copy does not freeze us again.
    shared.footing.obey(self, { version: 4, since: 4, cut: 0, stable: 0 });
    expect(answering.onTakeover(self, entry)).toBe(false);
  });

  test('repeats its answer while it is frozen: GONE would end the wait', () => {
    const shared = member(other);
    const answering = new TakeoverMember(shared);
    answering.onTakeover(self, entry);
    sent(shared);
    shared.now = answering.deadline();
    expect(shared.now).toBe(200);
    answering.onDeadline();
    expect(sent(shared)).toHaveLength(1);
    shared.footing.obey(self, { version: 4, since: 4, cut: 0, stable: 0 });
    expect(answering.deadline()).toBe(Infinity);
  });
});
