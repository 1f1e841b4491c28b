import {
  daemonId,
  type GroupName,
  type MembershipId,
  membershipId,
  type NodeName,
} from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { expect, it } from 'vitest';
import { Shared } from './shared.js';

function member(name: string, joinNo = 1): MembershipId {
  return membershipId(daemonId(name as NodeName, 1), joinNo);
}

function makeShared(): Shared {
  return new Shared({
    group: 'g' as GroupName,
    membership: member('self'),
    address: 'here',
    create: true,
    ackWindow: 8,
    quiesce: 'anticipate',
    idleSyncMs: 100,
    maxUnstableBytes: 1_000,
    maxUnstableMessages: 10,
    slowMemberTimeoutMs: 100,
    leaveTimeoutMs: 100,
    snapshotChunkBytes: 100,
    retryMs: 10,
    complainAfterMs: 100,
    leaderRecovery: 'announced',
    suspected: [],
    observe: false,
  });
}

function entryOf(version: number, ids: readonly MembershipId[]): Entry {
  const members = ids.map((id) => ({ id, joinVersion: 1, full: true, address: `at ${id}` }));
  const leader = ids[0] ?? member('self');
  return { group: 'g' as GroupName, generation: 1, version, since: 1, leader, members };
}

it('keeps the addresses of the present list, and no more than a bound of others', () => {
  const shared = makeShared();
  for (let joinNo = 1; joinNo <= 10_000; joinNo += 1) {
    shared.learnAddresses(entryOf(joinNo, [member('a'), member('b', joinNo)]));
    expect(shared.addressOf(member('a'))).toBe(`at ${member('a')}`);
    expect(shared.addressOf(member('b', joinNo))).toBe(`at ${member('b', joinNo)}`);
  }
  const kept = Array.from({ length: 10_000 }, (_, i) => shared.addressOf(member('b', i + 1)));
  expect(kept.filter((address) => address !== undefined).length).toBeLessThanOrEqual(4_096);
});
