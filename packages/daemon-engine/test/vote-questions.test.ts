import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
const join: FromClient = {
  kind: 'join',
  request: 1,
  handle: 1,
  group: GROUP,
  attributes: {},
  timeout: 0,
};

/** Daemon `a` leads the group, `b` is in it, `c` is not. */
function twoMembersAndAnother() {
  const domain = new SmallDomain();
  const a = domain.start('a', 1);
  const b = domain.start('b', 1);
  const c = domain.start('c', 1);
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join);
    domain.advance(100);
  }
  return { domain, a, b, c };
}

function ask(domain: SmallDomain, id: DaemonId, group = GROUP): void {
  domain.tell(id, { kind: 'askVotes', question: 5, group });
}

const answered = (answer: object | undefined) => [{ kind: 'votesAnswered', question: 5, answer }];
const byLeader = { group: GROUP, leader: 'a', from: 'leader', note: undefined, voting: null };

it('M34: the leader, a member and any other node give the leader’s answer', () => {
  const { domain, a, b, c } = twoMembersAndAnother();
  ask(domain, a);
  expect(domain.votes(a)).toEqual(answered(byLeader));
  ask(domain, b);
  expect(domain.votes(b)).toEqual(answered(byLeader));
  // Its HELLO told the leader where it is.
  domain.tell(a, { kind: 'peerUp', peer: c, address: 'memory://c' });
  ask(domain, c);
  expect(domain.votes(c)).toEqual(answered(byLeader));
});

it('gives a link that was made for a question up again, and no other', () => {
  const { domain, a, b, c } = twoMembersAndAnother();
  domain.tell(a, { kind: 'peerUp', peer: c, address: 'memory://c' });
  ask(domain, c);
  ask(domain, b);
  domain.advance(20_000);
  expect(domain.dropped(c)).toEqual([a]);
  expect(domain.dropped(a)).toEqual([c]);
  expect(domain.dropped(b)).toEqual([]);
});

it('there is no answer for a group that does not exist', () => {
  const { domain, c } = twoMembersAndAnother();
  ask(domain, c, 'nowhere' as GroupName);
  expect(domain.votes(c)).toEqual(answered(undefined));
});

it('a leader that is gone leaves a member with what it knows itself, in bounded time', () => {
  const { domain, a, b } = twoMembersAndAnother();
  domain.vanish(a);
  ask(domain, b);
  expect(domain.votes(b)).toEqual([]);
  domain.advance(2_000);
  const note = 'the leader did not answer in time';
  expect(domain.votes(b)).toEqual(answered({ ...byLeader, from: 'member', note }));
});

it('without the name server a node that is not in the group says so', () => {
  const { domain, c } = twoMembersAndAnother();
  domain.tell(c, { kind: 'nameServerDown' });
  ask(domain, c);
  const note = 'the daemon has no connection to the name server';
  expect(domain.votes(c)).toEqual(answered({ ...byLeader, leader: undefined, from: 'none', note }));
});

it('an answer to a question that has its answer already counts nothing', () => {
  const { domain, a, b } = twoMembersAndAnother();
  domain.tell(b, { kind: 'askVotes', question: 5, group: GROUP });
  const before = domain.votes(b).length;
  const late = { kind: 'votes', number: 1, leads: true, voting: null } as const;
  domain.tell(b, { kind: 'fromPeer', peer: a, message: { kind: 'node', message: late } });
  expect(domain.votes(b)).toHaveLength(before);
});
