import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
const value = Uint8Array.of(1);

function join(attributes: object = {}): FromClient {
  const options = { instance: '1', attributes, timeout: 30_000 };
  return { kind: 'join', request: 1, handle: 1, group: GROUP, ...options };
}

/** `a` leads. */
function threeMembers() {
  const domain = new SmallDomain();
  const ids = ['a', 'b', 'c'].map((name) => domain.start(name, 1));
  for (const id of ids) {
    domain.open(id, 1);
    domain.client(id, 1, join());
    domain.advance(100);
  }
  return { domain, ids: ids as [DaemonId, DaemonId, DaemonId] };
}

/** Of one kind, without what names this run. */
function said(domain: SmallDomain, id: DaemonId, kind: string) {
  return domain.news(id).filter((news) => news.kind === kind);
}

function proposeState(domain: SmallDomain, id: DaemonId): string {
  const proposed = { kind: 'state', value } as const;
  const rest = { phases: 'voting', timeLimit: 500, proposed } as const;
  domain.client(id, 1, { kind: 'propose', handle: 1, request: 3, ...rest });
  domain.advance(10);
  const start = domain.news(id).findLast((news) => news.kind === 'start');
  return start?.kind === 'start' ? start.protocol : '';
}

function vote(domain: SmallDomain, id: DaemonId, protocol: string): void {
  const ballot = { handle: 1, protocol, phase: 1, value: 'approve' } as const;
  domain.client(id, 1, { kind: 'vote', ...ballot });
  domain.advance(10);
}

it('every daemon notes joins and lists, in order', () => {
  const { domain, ids } = threeMembers();
  const [a, , c] = ids;
  const joins = said(domain, a, 'start');
  expect(joins).toMatchObject([
    { what: 'join', group: GROUP, subjects: [{ provider: 'a/1' }], vote: null },
    { what: 'join', subjects: [{ provider: 'b/1' }] },
    { what: 'join', subjects: [{ provider: 'c/1' }] },
  ]);
  expect(said(domain, a, 'view').at(-1)).toMatchObject({
    cause: 'join',
    nodes: ['a', 'b', 'c'],
    leader: 'a',
  });
  // It came last, and knows of nothing before.
  expect(said(domain, c, 'start')).toMatchObject([{ subjects: [{ provider: 'c/1' }] }]);
});

it('the leader notes all votes, once each, others those of their own processes', () => {
  const { domain, ids } = threeMembers();
  const [a, b] = ids;
  const protocol = proposeState(domain, a);
  for (const id of ids) vote(domain, id, protocol);
  const votesOf = (id: DaemonId) =>
    said(domain, id, 'votes').flatMap((news) => (news.kind === 'votes' ? news.votes : []));
  const of = (provider: string) => ({ provider, value: 'approve' });
  expect(votesOf(a)).toEqual([of('a/1'), of('b/1'), of('c/1')]);
  expect(votesOf(b)).toEqual([of('b/1')]);
  for (const id of ids) {
    expect(said(domain, id, 'result')).toMatchObject([{ protocol, outcome: 'approved' }]);
    const start = domain.news(id).find((news) => news.kind === 'start' && news.what === 'state');
    const terms = { voters: ['a/1', 'b/1', 'c/1'], voterCount: 3, timeLimitMs: 500 };
    expect(start).toMatchObject({ protocol, proposer: 'a/1', vote: terms });
  }
});

it('who was silent is named by the result, and announced', () => {
  const { domain, ids } = threeMembers();
  const [a] = ids;
  proposeState(domain, a);
  domain.advance(1_000);
  const causes = ['a/1', 'b/1', 'c/1'].map((provider) => ({ code: 'time-limit', provider }));
  expect(said(domain, a, 'result')).toMatchObject([{ outcome: 'rejected', causes }]);
  expect(said(domain, a, 'announced')).toMatchObject([
    { code: 'time-limit', providers: ['a/1', 'b/1', 'c/1'] },
  ]);
});

it('a killed leader is noted: suspected, taken over, its providers removed', () => {
  const { domain, ids } = threeMembers();
  const [a, b] = ids;
  domain.kill(a);
  domain.advance(500);
  const since = domain.news(b).findIndex(({ kind }) => kind === 'suspected');
  const news = domain.news(b).slice(since);
  expect(news).toMatchObject([
    { kind: 'suspected', node: 'a' },
    { kind: 'view', cause: 'takeover', leader: 'b', nodes: ['b', 'c'] },
    { kind: 'start', what: 'failure', subjects: [{ provider: 'a/1', reason: 'node-failure' }] },
  ]);
});

it('messages are not noted, however many', () => {
  const { domain, ids } = threeMembers();
  const [a] = ids;
  const before = domain.news(a).length;
  domain.client(a, 1, { kind: 'send', handle: 1, request: 2, safe: false, payload: value });
  domain.advance(100);
  expect(domain.news(a)).toHaveLength(before);
});

it('M33: a page of another daemon says who does not answer, until it does again or is gone', () => {
  const { domain, ids } = threeMembers();
  const [a, b] = ids;
  const ailmentOfA = () => {
    const providers = domain.engine(b).groupPage(GROUP)?.detail?.providers ?? [];
    return providers.map(({ id, ailment }) => [id, ailment]);
  };
  domain.client(a, 1, { kind: 'monitor', interval: 1_000, timeout: 300 });
  domain.advance(1_400);
  const others = ['b/1', 'c/1'].map((id) => [id, undefined]);
  expect(ailmentOfA()).toEqual([['a/1', 'unresponsive'], ...others]);
  domain.client(a, 1, { kind: 'pong', n: 1, ok: true });
  domain.advance(100);
  expect(ailmentOfA()).toEqual([['a/1', undefined], ...others]);
  domain.advance(1_400);
  expect(ailmentOfA()).toEqual([['a/1', 'unresponsive'], ...others]);
  domain.tell(a, { kind: 'clientClosed', client: 1 });
  domain.advance(100);
  expect(ailmentOfA()).toEqual(others);
});

it('a page of one group has what its status leaves out', () => {
  const { domain, ids } = threeMembers();
  const [a, b] = ids;
  const protocol = proposeState(domain, a);
  expect(domain.engine(b).groupPage(GROUP)).toMatchObject({
    group: GROUP,
    detail: {
      providers: [
        { id: 'a/1', node: 'a' },
        { id: 'b/1', node: 'b' },
        { id: 'c/1', node: 'c' },
      ],
      stateValue: null,
      running: { protocol, kind: 'state', phase: 1, voters: ['a/1', 'b/1', 'c/1'] },
    },
  });
  for (const id of ids) vote(domain, id, protocol);
  expect(domain.engine(b).groupPage(GROUP)?.detail).toMatchObject({
    running: null,
    stateValue: value,
  });
  expect(domain.engine(b).groupPage('nowhere' as GroupName)).toBeUndefined();
});
