import { type DaemonId, daemonOf, type GroupName, type MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { expect, test } from 'vitest';
import { testOptions } from '../../test/harness/options.js';
import { Changes } from '../list/changes.js';
import { Shared } from '../shared.js';
import { Claiming } from './claiming.js';

const leader = 'a.1.1' as MembershipId;
const next = 'b.1.1' as MembershipId;
const self = 'c.1.1' as MembershipId;

const entry: Entry = {
  group: 'g' as GroupName,
  generation: 1,
  version: 4,
  since: 4,
  leader,
  members: [leader, next, self].map((id) => ({ id, joinVersion: 1, full: true, address: id })),
};

/** A member whose leader is suspected at 0; complaints wait for 100, slow members for 1,000. */
function setUp(takingOverAt: (daemon: DaemonId) => number) {
  const surroundings = { answersTakeMs: () => 0, answered: () => {}, takingOverAt };
  const shared = new Shared({ ...testOptions(self), surroundings });
  shared.status = 'member';
  shared.joinVersion = 1;
  shared.known = entry;
  shared.suspect(daemonOf(leader));
  const claiming = new Claiming(shared, new Changes(shared));
  const complainsAt = (now: number): boolean => {
    shared.now = now;
    claiming.check();
    return shared.takeOutputs().some(({ kind }) => kind === 'askNameServer');
  };
  return { claiming, complainsAt };
}

test('M8: who is not next in line complains when nothing is seen of the one who is', () => {
  const { claiming, complainsAt } = setUp(() => Number.NEGATIVE_INFINITY);
  expect([complainsAt(0), complainsAt(99)]).toEqual([false, false]);
  expect(claiming.deadline()).toBe(100);
  expect(complainsAt(100)).toBe(true);
});

test('M8: who takes other groups over has not come to this one yet, and is waited for', () => {
  let seenAt = 0;
  const { claiming, complainsAt } = setUp((daemon) => (daemon === daemonOf(next) ? seenAt : 0));
  for (let now = 0; now < 1_000; now += 50) {
    seenAt = now;
    expect(complainsAt(now)).toBe(false);
    expect(claiming.deadline()).toBe(Math.min(now + 100, 1_000));
  }
  expect(complainsAt(1_000)).toBe(true);
});

test('M8: who has stopped to take groups over is not waited for any longer', () => {
  const { complainsAt } = setUp(() => 300);
  expect([complainsAt(0), complainsAt(399), complainsAt(400)]).toEqual([false, false, true]);
});
