import type { GroupName, NodeName } from '@group-services/core';
import type { FromClient, ToClient } from '@group-services/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACTIONS, type Action, type PermissionRule } from '../src/index.js';
import { SmallDomain } from './small-domain.js';

const FILE = '/etc/gs/permissions.yaml';
const GROUP = 'billing' as GroupName;
const BYTES = new Uint8Array([1]);

/** Two daemons; client 1 of each is who is looked at, client 2 a bystander who may do everything. */
let domain: SmallDomain;
let n1: ReturnType<SmallDomain['start']>;
let n2: ReturnType<SmallDomain['start']>;

beforeEach(() => {
  domain = new SmallDomain();
  n1 = domain.start('n1', 1);
  n2 = domain.start('n2', 1);
  domain.tell(n1, { kind: 'clientOpened', client: 1, name: 'one', principal: 'billing-1' });
  domain.tell(n2, { kind: 'clientOpened', client: 2, name: 'two' });
});

function rule(...rules: PermissionRule[]): void {
  domain.tell(n1, { kind: 'permissions', permissions: { file: FILE, rules } });
}

function allow(...actions: Action[]): void {
  rule({ principals: ['billing-*'], groups: [GROUP], allow: actions });
}

function join(handle: number, request: number): FromClient {
  return { kind: 'join', request, handle, group: GROUP, attributes: {}, timeout: 5_000 };
}

function subscribe(handle: number, request: number): FromClient {
  const wants = { membership: true, state: true, persistent: false, timeout: 5_000 };
  return { kind: 'subscribe', request, handle, group: GROUP, ...wants };
}

function say(message: FromClient): ToClient[] {
  const before = domain.heard(n1, 1).length;
  domain.client(n1, 1, message);
  domain.advance(300);
  return domain.heard(n1, 1).slice(before);
}

const proposals: readonly [Action, FromClient][] = [
  ['send', { kind: 'send', handle: 1, request: 9, safe: false, payload: BYTES }],
  ['send', propose({ kind: 'voted-message', payload: BYTES, safe: false })],
  ['state', propose({ kind: 'state', value: BYTES })],
  ['attributes', propose({ kind: 'attributes', attributes: {} })],
  ['expel', propose({ kind: 'expel', providers: ['n2/b'] })],
  ['barrier', propose({ kind: 'barrier' })],
];

function propose(proposed: Extract<FromClient, { kind: 'propose' }>['proposed']): FromClient {
  return { kind: 'propose', handle: 1, request: 9, phases: 1, proposed };
}

const others: readonly [Action, FromClient][] = [
  ['provide', join(3, 9)],
  ['subscribe', subscribe(3, 9)],
  ['list', { kind: 'groups', request: 9 }],
  ['list', { kind: 'nodes', request: 9 }],
  ['operate', { kind: 'reset', request: 9, group: GROUP }],
];

function refusalOf(said: readonly ToClient[]) {
  return said.find(
    (one): one is Extract<ToClient, { kind: 'refused' }> =>
      one.kind === 'refused' && one.request === 9,
  );
}

it('limits are those of a principal over all its processes', () => {
  const who = { name: 'another', principal: 'billing-1', membershipsMax: 3, proposalsMax: 2 };
  domain.tell(n1, { kind: 'clientOpened', client: 5, ...who });
  domain.client(n2, 2, join(1, 1));
  domain.client(n1, 1, join(1, 1));
  domain.client(n1, 5, join(1, 1));
  domain.client(n1, 5, join(2, 2));
  domain.client(n1, 5, join(3, 3));
  domain.advance(300);
  const refused = domain.heard(n1, 5).filter((one) => one.kind === 'refused');
  expect(refused).toMatchObject([{ request: 3, code: 'OVERLOADED', limit: 'memberships' }]);
  domain.lonely.add(n1);
  for (const request of [4, 5, 6]) {
    domain.client(n1, 5, {
      ...propose({ kind: 'barrier' }),
      phases: 'voting',
      request,
    } as FromClient);
  }
  const late = domain
    .heard(n1, 5)
    .filter((one) => one.kind === 'refused')
    .slice(1);
  expect(late).toMatchObject([{ request: 6, code: 'OVERLOADED', limit: 'pendingProposals' }]);
});

describe('permissions', () => {
  it.each(proposals)('deny %s to a provider, or allow it', (action, message) => {
    domain.client(n2, 2, join(1, 1));
    domain.client(n1, 1, join(1, 1));
    domain.advance(300);
    allow(...ACTIONS.filter((it) => it !== action));
    const text = `principal billing-1 may not ${action} in group billing: no rule of ${FILE} allows it`;
    expect(refusalOf(say(message))).toMatchObject({ code: 'NOT_AUTHORIZED', action, text });
    allow('provide', action);
    expect(refusalOf(say(message))?.code ?? 'done').not.toBe('NOT_AUTHORIZED');
  });

  it.each(others)('deny %s, or allow it', (action, message) => {
    domain.client(n2, 2, join(1, 1));
    domain.advance(300);
    allow(...ACTIONS.filter((it) => it !== action));
    expect(refusalOf(say(message))).toMatchObject({ code: 'NOT_AUTHORIZED', action });
    allow(action);
    expect(refusalOf(say(message))?.code ?? 'done').not.toBe('NOT_AUTHORIZED');
  });

  it('deny what concerns the whole domain unless all groups are allowed', () => {
    allow('operate');
    const forget: FromClient = { kind: 'forget', request: 9, node: 'n7' as NodeName };
    expect(refusalOf(say(forget))).toMatchObject({ code: 'NOT_AUTHORIZED', action: 'operate' });
    rule({ principals: ['*'], groups: ['*'], allow: ['operate'] });
    expect(refusalOf(say(forget))).not.toMatchObject({ code: 'NOT_AUTHORIZED' });
  });

  it('are not asked for who speaks through the admin endpoint, who is no process either', () => {
    domain.client(n2, 2, join(1, 1));
    domain.advance(300);
    allow();
    const [client, handle] = [-1, 1];
    domain.tell(n1, { kind: 'clientOpened', client, name: 'ops', isOperator: true });
    const answers = (request: number): ToClient[] =>
      domain.heard(n1, client).filter((one) => 'request' in one && one.request === request);
    domain.client(n1, client, subscribe(handle, 1));
    domain.advance(300);
    expect(answers(1)).toMatchObject([{ kind: 'subscribed' }]);
    const proposed = { kind: 'expel' as const, providers: ['n2/1-2-1'] };
    domain.client(n1, client, { kind: 'operate', request: 2, handle, phases: 1, proposed });
    domain.client(n1, client, { kind: 'forget', request: 3, node: 'n7' as NodeName });
    domain.advance(300);
    expect(answers(2)).toMatchObject([
      { kind: 'approved', protocol: { proposer: 'n1/$operator' } },
    ]);
    expect(answers(3)).not.toMatchObject([{ code: 'NOT_AUTHORIZED' }]);
    expect(
      domain
        .engine(n1)
        .inspect()
        .clients.map(({ name }) => name),
    ).toEqual(['one']);
  });

  it('list only the groups that may be listed', () => {
    domain.client(n2, 2, join(1, 1));
    domain.client(n2, 2, { ...join(2, 2), group: 'orders' } as FromClient);
    domain.advance(300);
    allow('list');
    const groups = say({ kind: 'groups', request: 9 }).find((one) => one.kind === 'groups');
    expect(groups).toMatchObject({ groups: [{ group: GROUP }] });
  });

  it('end the handles that they do not allow any more, and the others see it', () => {
    domain.client(n2, 2, join(1, 1));
    domain.client(n1, 1, join(1, 1));
    domain.client(n1, 1, subscribe(2, 2));
    domain.advance(300);
    allow('subscribe', 'send');
    domain.advance(300);
    const removed = domain.heard(n1, 1).filter((one) => one.kind === 'removed');
    expect(removed).toMatchObject([{ handle: 1, reason: 'not-authorized' }]);
    const left = domain
      .heard(n2, 2)
      .flatMap((one) => (one.kind === 'approved' ? (one.membership?.left ?? []) : []));
    expect(left).toMatchObject([{ reason: 'process-failure', detail: 'not-authorized' }]);
    allow();
    domain.advance(300);
    const [, watched] = domain.heard(n1, 1).filter((one) => one.kind === 'removed');
    expect(watched).toMatchObject({ handle: 2, reason: 'not-authorized' });
    // Its handle is free again, and of no use.
    expect(say({ kind: 'send', handle: 1, request: 9, safe: false, payload: BYTES })).toMatchObject(
      [{ kind: 'refused', code: 'REMOVED' }],
    );
  });

  it('withdraw a join that has no answer yet', () => {
    domain.lonely.add(n1);
    domain.client(n1, 1, join(1, 9));
    domain.advance(100);
    allow('subscribe');
    domain.advance(100);
    expect(refusalOf(domain.heard(n1, 1))).toMatchObject({ code: 'NOT_AUTHORIZED' });
    domain.lonely.delete(n1);
    domain.client(n2, 2, join(1, 1));
    domain.advance(1_000);
    const joined = domain.heard(n2, 2).find((one) => one.kind === 'joined');
    expect(joined).toMatchObject({ snapshot: { view: { providers: ['n2/1-2-1'] } } });
  });

  it('do not count a vote whose riders are not allowed', () => {
    domain.client(n2, 2, join(1, 1));
    domain.client(n1, 1, join(1, 1));
    domain.advance(300);
    allow('provide');
    domain.client(n2, 2, { ...propose({ kind: 'barrier' }), phases: 'voting' } as FromClient);
    domain.advance(300);
    const ballot = domain.heard(n1, 1).find((one) => one.kind === 'ballot');
    const { id: protocol } = ballot?.kind === 'ballot' ? ballot.protocol : { id: '' };
    const vote = { kind: 'vote', handle: 1, protocol, phase: 1, value: 'approve' } as const;
    expect(say({ ...vote, stateValue: BYTES })).toMatchObject([{ kind: 'vote-not-expected' }]);
    domain.client(n2, 2, { ...vote });
    expect(say(vote)).toMatchObject([{ kind: 'approved', protocol: { kind: 'barrier' } }]);
  });
});
