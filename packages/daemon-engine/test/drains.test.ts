import type { DaemonId, GroupName, NodeName } from '@group-services/core';
import type { DrainWish, FromClient, ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const OPERATOR = 9;

function join(group: string): FromClient {
  const name = group as GroupName;
  return { kind: 'join', request: 1, handle: 1, group: name, attributes: {}, timeout: 0 };
}

/** Daemons a and b have a provider of a group each; a leads it. An operator is connected to c. */
function domainWithOperator() {
  const domain = new SmallDomain();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => domain.start(name, 1)) as [
    DaemonId,
    DaemonId,
    DaemonId,
  ];
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join('g'));
    domain.advance(100);
    // Its HELLO told the others where c is.
    domain.tell(id, { kind: 'peerUp', peer: c, address: 'memory://c' });
  }
  domain.open(c, OPERATOR);
  let request = 0;
  const wish = (node: string, what: DrainWish): ToClient | undefined => {
    request += 1;
    domain.client(c, OPERATOR, { kind: 'drain', request, node: node as NodeName, wish: what });
    const answer = () => answerTo(domain, c, request);
    if (answer() === undefined) domain.advance(3_000);
    return answer();
  };
  return { domain, a, b, c, wish };
}

function answerTo(domain: SmallDomain, id: DaemonId, request: number): ToClient | undefined {
  const heard = domain.heard(id, OPERATOR);
  return heard.find((said) => 'request' in said && said.request === request);
}

function leaderAt(domain: SmallDomain, id: DaemonId): string | undefined {
  return domain.engine(id).inspect().groups[0]?.leader;
}

it('a drained daemon hands over its leads, stays a member, and says what is still there', () => {
  const { domain, a, b, wish } = domainWithOperator();
  expect(leaderAt(domain, b)).toBe('a');
  expect(wish('a', 'drain')).toMatchObject({ kind: 'drain', report: { drained: true } });
  domain.advance(100);
  expect(leaderAt(domain, b)).toBe('b');
  expect(wish('a', 'look')).toMatchObject({
    report: {
      drained: true,
      leads: 0,
      processes: 1,
      providers: 1,
      subscriptions: 0,
      waitsFor: ['process client 1: 1 as provider, 0 subscribed'],
    },
  });
  const group = domain.engine(a).inspect().groups[0];
  expect(group).toMatchObject({ role: 'member', providers: ['a/1-1-1', 'b/1-1-1'] });
  expect(domain.engine(b).inspect().peers).toMatchObject([{ daemon: a, drained: true }]);
});

it('takes no more joins and subscriptions, until it is in service again', () => {
  const { domain, a, wish } = domainWithOperator();
  wish('a', 'drain');
  domain.open(a, 2);
  domain.client(a, 2, join('other'));
  expect(domain.heard(a, 2)).toMatchObject([{ kind: 'refused', code: 'UNAVAILABLE' }]);
  expect(wish('a', 'undrain')).toMatchObject({ report: { drained: false } });
  domain.client(a, 2, { ...join('other'), request: 2 } as FromClient);
  domain.advance(100);
  expect(domain.heard(a, 2)).toContainEqual(expect.objectContaining({ kind: 'joined' }));
});

it('lets an operator of the admin endpoint look at a group that it has, and at no other', () => {
  const { domain, a, wish } = domainWithOperator();
  wish('a', 'drain');
  domain.tell(a, { kind: 'clientOpened', client: -1, name: 'ops', isOperator: true });
  for (const [handle, name] of ['g', 'other'].entries()) {
    const wants = { membership: false, state: false, persistent: false, timeout: 0 };
    const asked = { request: handle, handle, group: name as GroupName, ...wants };
    domain.client(a, -1, { kind: 'subscribe', ...asked });
  }
  domain.advance(100);
  expect(domain.heard(a, -1)).toMatchObject([
    { kind: 'subscribed', request: 0 },
    { kind: 'refused', request: 1, code: 'UNAVAILABLE' },
  ]);
  expect(wish('a', 'look')).toMatchObject({ report: { processes: 1, subscriptions: 0 } });
});

it('the lead goes to nobody who is being drained, and says so when nobody is left', () => {
  const { domain, b, wish } = domainWithOperator();
  wish('b', 'drain');
  domain.advance(500);
  wish('a', 'drain');
  domain.advance(500);
  expect(leaderAt(domain, b)).toBe('a');
  expect(wish('a', 'look')).toMatchObject({
    report: {
      leads: 1,
      waitsFor: [
        'group g: no other daemon could lead it',
        'process client 1: 1 as provider, 0 subscribed',
      ],
    },
  });
  wish('b', 'undrain');
  domain.advance(500);
  expect(leaderAt(domain, b)).toBe('b');
});

it('what was proposed through the drained daemon is answered by the next leader', () => {
  const { domain, a, wish } = domainWithOperator();
  wish('a', 'drain');
  for (let request = 2; request < 40; request += 1) {
    const payload = Uint8Array.of(request);
    domain.client(a, 1, { kind: 'send', handle: 1, request, safe: true, payload });
    domain.advance(10);
  }
  domain.advance(500);
  const heard = domain.heard(a, 1);
  expect(heard.filter(({ kind }) => kind === 'refused')).toEqual([]);
  expect(heard.filter(({ kind }) => kind === 'message')).toHaveLength(38);
});

it('a node that nobody knows, or that does not answer, is said to be so', () => {
  const { domain, a, wish } = domainWithOperator();
  expect(wish('nobody', 'drain')).toMatchObject({
    kind: 'refused',
    text: 'node nobody is not alive; gsctl nodes lists all',
  });
  domain.stopProcess(a);
  expect(wish('a', 'look')).toMatchObject({
    kind: 'refused',
    text: 'the daemon of node a did not answer in time',
  });
});
