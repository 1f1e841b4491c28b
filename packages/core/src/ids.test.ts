import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareMemberships,
  daemonId,
  daemonOf,
  incarnationOf,
  isDaemonId,
  isMembershipId,
  isNodeName,
  joinNoOf,
  type MembershipId,
  membershipId,
  type NodeName,
  nodeOf,
  parseMembership,
} from './ids.js';

const node = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/).map((name): NodeName => name as NodeName);
const incarnation = fc.maxSafeNat();
const joinNo = fc.nat({ max: 0xffffffff });

test('an id is taken apart into what it was made of', () => {
  fc.assert(
    fc.property(node, incarnation, joinNo, (name, start, join) => {
      const daemon = daemonId(name, start);
      const membership = membershipId(daemon, join);
      expect(isDaemonId(daemon)).toBe(true);
      expect(isMembershipId(membership)).toBe(true);
      expect(daemonOf(membership)).toBe(daemon);
      expect(nodeOf(daemon)).toBe(name);
      expect(incarnationOf(daemon)).toBe(start);
      expect(joinNoOf(membership)).toBe(join);
      expect(parseMembership(membership)).toEqual({
        node: name,
        incarnation: start,
        joinNo: join,
      });
    }),
  );
});

test('a membership is newer by incarnation, then by join number', () => {
  fc.assert(
    fc.property(node, incarnation, incarnation, joinNo, joinNo, (name, i, k, x, y) => {
      const a = membershipId(daemonId(name, i), x);
      const b = membershipId(daemonId(name, k), y);
      expect(Math.sign(compareMemberships(a, b))).toBe(Math.sign(i - k) || Math.sign(x - y));
    }),
  );
});

test('numbers are compared as numbers', () => {
  const older = 'n1.9.10' as MembershipId;
  const newer = 'n1.10.9' as MembershipId;
  expect(compareMemberships(newer, older)).toBeGreaterThan(0);
});

describe('what is no id', () => {
  test.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(65), 'a\n', 'a\u0000'])('node %j', (text) => {
    expect(isNodeName(text)).toBe(false);
  });

  test.each(['n1', 'n1.', '.1', 'n1.01', 'n1.-1', 'n1.1e3', 'n1.9007199254740992', 'n1.1\n'])(
    'daemon %j',
    (text) => {
      expect(isDaemonId(text)).toBe(false);
    },
  );

  test.each(['n1.1', 'n1.1.', 'n1.1.01', 'n1.01.1', 'n1.1.4294967296', 'n1.9007199254740992.1'])(
    'membership %j',
    (text) => {
      expect(isMembershipId(text)).toBe(false);
    },
  );
});

test('names with dots and digits stay unambiguous', () => {
  const daemon = daemonId('10.0.0.1' as NodeName, 7);
  expect(nodeOf(daemon)).toBe('10.0.0.1');
  expect(parseMembership(membershipId(daemon, 3))).toEqual({
    node: '10.0.0.1',
    incarnation: 7,
    joinNo: 3,
  });
});
