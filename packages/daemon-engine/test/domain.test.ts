import { type DaemonId, type GroupName, membershipId } from '@group-services/core';
import { FollowedView, type FromClient, type ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { MAX_UNSTABLE, SmallDomain, type Variants } from './small-domain.js';

const GROUP = 'billing' as GroupName;

function join(request: number, handle: number): FromClient {
  return { kind: 'join', request, handle, group: GROUP, attributes: {}, timeout: 30_000 };
}

function send(request: number, text: string): FromClient {
  const payload = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return { kind: 'send', handle: 1, request, safe: false, payload };
}

function texts(messages: readonly ToClient[]): string[] {
  return messages.flatMap((message) =>
    message.kind === 'message' ? [String.fromCharCode(...message.payload)] : [],
  );
}

/** The newest list that a client has seen, by node. */
function list(messages: readonly ToClient[]): string[] | undefined {
  let list: FollowedView | undefined;
  for (const message of messages) {
    if (message.kind === 'joined') list = new FollowedView(message.snapshot.view);
    if (message.kind === 'approved' && message.membership !== undefined) {
      expect(list?.apply(message.membership)).toBe(true);
    }
  }
  return list?.view.providers.map((provider) => provider.split('/')[0] ?? '');
}

function threeMembers(variants?: Variants) {
  const domain = new SmallDomain(variants);
  const ids = ['a', 'b', 'c'].map((name) => domain.start(name, 1));
  for (const id of ids) {
    domain.open(id, 1);
    domain.client(id, 1, join(1, 1));
    domain.advance(100);
  }
  const [a, b, c] = ids;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were started');
  return { domain, a, b, c, ids };
}

it('M5, M29: three daemons join, every member sees the same list, newcomers at its end', () => {
  const { domain, ids } = threeMembers();
  for (const id of ids) expect(list(domain.heard(id, 1))).toEqual(['a', 'b', 'c']);
});

it('M30: a subscription that waits sees a new life at once: its daemon is told that there is a group', () => {
  const domain = new SmallDomain();
  const [a, b] = [domain.start('a', 1), domain.start('b', 1)];
  for (const id of [a, b]) domain.open(id, 1);
  const wants = { membership: true, state: true, persistent: true, timeout: 0 };
  domain.client(b, 1, { kind: 'subscribe', request: 1, handle: 1, group: GROUP, ...wants });
  domain.advance(5);
  domain.client(a, 1, join(1, 1));
  domain.advance(5);
  const last = domain.heard(b, 1).at(-1);
  expect(last).toMatchObject({ handle: 1, snapshot: { view: { version: 1 } } });
});

it('M9: messages of several senders come in one order everywhere', () => {
  const { domain, a, b, c, ids } = threeMembers();
  for (let round = 0; round < 3; round += 1) {
    domain.client(b, 1, send(10 + round, `b${round}`));
    domain.client(c, 1, send(10 + round, `c${round}`));
    domain.client(a, 1, send(10 + round, `a${round}`));
  }
  domain.advance(100);
  const orders = ids.map((id) => texts(domain.heard(id, 1)));
  expect(orders[0]).toHaveLength(9);
  expect(orders[1]).toEqual(orders[0]);
  expect(orders[2]).toEqual(orders[0]);
});

it('M7, M32: a process whose connection broke is removed everywhere', () => {
  const { domain, a, b, c } = threeMembers();
  domain.tell(c, { kind: 'clientClosed', client: 1 });
  domain.advance(100);
  for (const id of [a, b]) expect(list(domain.heard(id, 1))).toEqual(['a', 'b']);
});

it('M7: a killed daemon is removed without waiting for a time-out', () => {
  const { domain, a, b, c } = threeMembers();
  domain.kill(c);
  domain.advance(20);
  for (const id of [a, b]) expect(list(domain.heard(id, 1))).toEqual(['a', 'b']);
});

it.each([
  { leaderRecovery: 'announced', quiesce: 'anticipate' },
  { leaderRecovery: 'silent', quiesce: 'sync' },
  { leaderRecovery: 'name-server', quiesce: 'ack-required' },
  { leaderRecovery: 'name-server', quiesce: 'convert' },
] as const)(
  'M8 M13: after the leader is killed the next one leads, and messages go on: %o',
  (variants) => {
    const { domain, a, b, c } = threeMembers(variants);
    domain.kill(a);
    domain.client(c, 1, send(20, 'on the way'));
    domain.advance(100);
    for (const id of [b, c]) {
      expect(list(domain.heard(id, 1))).toEqual(['b', 'c']);
      expect(texts(domain.heard(id, 1))).toEqual(['on the way']);
    }
    expect(domain.engine(b).inspect().groups[0]?.role).toBe('leader');
  },
);

it('an orderly stop is seen as node-failure with the remark "daemon stopped"', () => {
  const { domain, a, b } = threeMembers();
  domain.tell(a, { kind: 'stop' });
  domain.advance(5_000);
  expect(domain.isStopped(a)).toBe(true);
  const left = domain
    .heard(b, 1)
    .flatMap((message) => (message.kind === 'approved' ? (message.membership?.left ?? []) : []));
  expect(left).toMatchObject([{ reason: 'node-failure', detail: 'daemon stopped' }]);
});

/** Approves what this daemon's provider is asked last. */
function vote(domain: SmallDomain, id: DaemonId): void {
  const ballot = domain.heard(id, 1).findLast((message) => message.kind === 'ballot');
  if (ballot?.kind !== 'ballot') throw new Error(`${id} is not asked`);
  const { handle, phase, protocol } = ballot;
  const value = 'approve';
  domain.client(id, 1, { kind: 'vote', handle, protocol: protocol.id, phase, value });
}

it.each(['the leader', 'another daemon'])(
  'an orderly stop of %s does not wait for a vote that never comes',
  (who) => {
    const { domain, a, b, c } = threeMembers();
    const phases = 'voting';
    const barrier = { kind: 'barrier' } as const;
    domain.client(b, 1, {
      kind: 'propose',
      handle: 1,
      request: 9,
      phases,
      timeLimit: 0,
      proposed: barrier,
    });
    domain.advance(100);
    const [stopping, leader] = who === 'the leader' ? [a, b] : [c, a];
    domain.tell(stopping, { kind: 'stop' });
    domain.advance(4_500);
    expect(domain.isStopped(stopping)).toBe(true);
    for (const id of [a, b, c]) if (id !== stopping) vote(domain, id);
    domain.advance(10_000);
    const left = domain
      .heard(b, 1)
      .flatMap((message) => (message.kind === 'approved' ? (message.membership?.left ?? []) : []));
    expect(left).toMatchObject([{ reason: 'node-failure', detail: 'daemon stopped' }]);
    const ends = domain.heard(b, 1).filter(({ kind }) => kind === 'rejected');
    expect(ends).toMatchObject([{ request: 9, causes: [{ code: 'provider-failed' }] }]);
    expect(domain.engine(leader).inspect().groups[0]?.voting).toBeNull();
  },
);

it('answers what is meant for a membership that is not there with gone', () => {
  const { domain, a, b } = threeMembers();
  const generation = domain.engine(a).inspect().groups[0]?.generation ?? 0;
  const to = membershipId(a, 99);
  const outputs = domain.engine(a).step(
    {
      kind: 'fromPeer',
      peer: b,
      message: {
        kind: 'group',
        envelope: { generation, from: membershipId(b, 1), to, message: { kind: 'leave' } },
      },
    },
    domain.now,
  );
  expect(outputs).toMatchObject([
    { kind: 'toPeer', peer: b, message: { envelope: { message: { kind: 'gone' } } } },
  ]);
});

it('disconnects a client that uses a handle twice, and only that one', () => {
  const { domain, a } = threeMembers();
  domain.open(a, 2);
  const outputs = domain
    .engine(a)
    .step({ kind: 'fromClient', client: 1, message: join(2, 1) }, domain.now);
  expect(outputs).toContainEqual(expect.objectContaining({ kind: 'closeClient', client: 1 }));
  domain.client(a, 2, { kind: 'groups', request: 1 });
  domain.advance(10);
  expect(domain.heard(a, 2)).toMatchObject([{ kind: 'groups', groups: [{ group: GROUP }] }]);
  domain.client(a, 2, { kind: 'nodes', request: 2 });
  domain.advance(10);
  const nodes = [{ node: 'a' }, { node: 'b' }, { node: 'c' }];
  expect(domain.heard(a, 2).at(-1)).toMatchObject({ kind: 'nodes', request: 2, nodes });
});

it('B4: a new leader stops placing what waits as soon as the flow closes', () => {
  const { domain, a, b, c } = threeMembers();
  domain.vanish(a);
  for (let message = 0; message < 500; message += 1) {
    domain.client(b, 1, send(10 + message, `${message}`));
  }
  domain.largestBurst = 0;
  domain.kill(a);
  domain.advance(2_000);
  expect(texts(domain.heard(c, 1))).toHaveLength(500);
  // Beside the messages: the view of the takeover and the removal of a's provider.
  expect(domain.largestBurst).toBeLessThanOrEqual(MAX_UNSTABLE + 2);
});
