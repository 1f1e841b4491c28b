import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;

function join(attributes: object = {}): FromClient {
  return { kind: 'join', request: 1, handle: 1, group: GROUP, attributes, timeout: 30_000 };
}

const value = Uint8Array.of(1);

function threeMembers() {
  const domain = new SmallDomain();
  const ids = ['a', 'b', 'c'].map((name) => domain.start(name, 1));
  for (const id of ids) {
    domain.open(id, 1);
    domain.client(id, 1, join());
    domain.advance(100);
  }
  return { domain, ids };
}

const tallyOf = (domain: SmallDomain, id: DaemonId) => domain.engine(id).tally;

it('protocols are counted by the leader alone, messages by everybody who delivers them', () => {
  const { domain, ids } = threeMembers();
  const [a, b, c] = ids as [DaemonId, DaemonId, DaemonId];
  domain.client(b, 1, { kind: 'send', handle: 1, request: 2, safe: false, payload: value });
  domain.client(c, 1, { kind: 'send', handle: 1, request: 2, safe: true, payload: value });
  const content = Uint8Array.of(0, 0, 0, 1, 7, 0, 0, 0, 0);
  const bundle = { kind: 'bundle', handle: 1, request: 3, safe: true, count: 2, content } as const;
  domain.client(c, 1, bundle);
  domain.advance(100);
  const { groups } = tallyOf(domain, a);
  expect(groups.protocols.entries()).toEqual([[['join', 'approved'], 3]]);
  expect(groups.plainMessages).toBe(4);
  expect(groups.protocolMs.entries()).toMatchObject([['join', { count: 3 }]]);
  for (const id of [b, c]) {
    const other = tallyOf(domain, id).groups;
    expect(other.protocols.entries()).toEqual([]);
    expect(other.plainMessages).toBe(0);
  }
  for (const id of ids) {
    const { messagesDelivered, messageBytesDelivered } = tallyOf(domain, id).groups;
    expect([messagesDelivered, messageBytesDelivered]).toEqual([4, 3]);
  }
  expect(tallyOf(domain, a).views.entries()).toEqual([[['join'], 3]]);
  expect(tallyOf(domain, b).views.entries()).toEqual([]);
});

it('a voted protocol is timed, with its phases, and who was silent got a default vote', () => {
  const { domain, ids } = threeMembers();
  const [a] = ids as [DaemonId];
  domain.client(a, 1, {
    kind: 'propose',
    handle: 1,
    request: 3,
    phases: 'voting',
    timeLimit: 500,
    proposed: { kind: 'state', value },
  });
  domain.advance(1_000);
  const { groups } = tallyOf(domain, a);
  expect(groups.defaultVotes.entries()).toEqual([[['time-limit'], 3]]);
  expect(groups.protocols.of('state', 'rejected')).toBe(1);
  expect(groups.phaseMs.entries()).toMatchObject([['state', { count: 1, sumMs: 500 }]]);
  expect(groups.protocolMs.entries()).toMatchObject([
    ['join', {}],
    ['state', { sumMs: 500 }],
  ]);
});

it('M8: who takes over says so, how, and how long it took', () => {
  const { domain, ids } = threeMembers();
  const [a, b, c] = ids as [DaemonId, DaemonId, DaemonId];
  domain.kill(a);
  domain.advance(500);
  const { takeovers, takeoverMs, views, suspicions } = tallyOf(domain, b);
  expect(takeovers.entries()).toEqual([[['announced'], 1]]);
  expect(takeoverMs.entries()).toMatchObject([['announced', { count: 1 }]]);
  expect(views.entries()).toEqual([[['takeover'], 1]]);
  expect(suspicions.entries()).toEqual([[['unreachable'], 1]]);
  expect(tallyOf(domain, c).takeovers.entries()).toEqual([]);
});

it('a daemon that failed is told apart from one that left', () => {
  const { domain, ids } = threeMembers();
  const [a, b, c] = ids as [DaemonId, DaemonId, DaemonId];
  domain.kill(c);
  domain.advance(500);
  expect(tallyOf(domain, a).views.of('failure')).toBe(1);
  domain.tell(b, { kind: 'stop' });
  domain.advance(500);
  expect(tallyOf(domain, a).views.of('leave')).toBe(1);
});

it('a lead that is handed over is told apart', () => {
  const { domain, ids } = threeMembers();
  const [a, b] = ids as [DaemonId, DaemonId];
  domain.tell(a, { kind: 'stop' });
  domain.advance(500);
  expect(tallyOf(domain, b).takeovers.of('handover')).toBe(1);
});

it('what is refused is counted by its code', () => {
  const { domain, ids } = threeMembers();
  const [a] = ids as [DaemonId];
  const proposed = { kind: 'state', value, ifState: value } as const;
  domain.client(a, 1, { kind: 'propose', handle: 1, request: 9, phases: 1, proposed });
  domain.advance(10);
  expect(tallyOf(domain, a).refused.entries()).toEqual([[['STATE_CHANGED'], 1]]);
});
