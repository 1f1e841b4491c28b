import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient, ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
const value = Uint8Array.of(7);

type Proposed = Extract<FromClient, { kind: 'operate' }>['proposed'];

function join(instance?: string): FromClient {
  const attributes = {};
  return {
    kind: 'join',
    request: 1,
    handle: 1,
    group: GROUP,
    attributes,
    timeout: 30_000,
    ...(instance === undefined ? {} : { instance }),
  };
}

/** Daemons a and b have a provider each, c has an operator who subscribes. */
function domainWithOperator() {
  const domain = new SmallDomain();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => domain.start(name, 1)) as [
    DaemonId,
    DaemonId,
    DaemonId,
  ];
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join('p'));
    domain.advance(100);
  }
  domain.open(c, 5);
  const seen = { membership: true, state: true, persistent: false, timeout: 5_000 };
  domain.client(c, 5, { kind: 'subscribe', request: 1, handle: 1, group: GROUP, ...seen });
  domain.advance(100);
  const operate = (request: number, proposed: Proposed, phases: 1 | 'voting' = 1): void => {
    domain.client(c, 5, { kind: 'operate', request, handle: 1, phases, proposed });
    domain.advance(100);
  };
  return { domain, a, b, c, operate };
}

function answers(said: readonly ToClient[], request: number): ToClient[] {
  return said.filter((one) => 'request' in one && one.request === request);
}

function views(said: readonly ToClient[]): number {
  return said.filter((one) => one.kind === 'approved' && one.membership !== undefined).length;
}

it('an operator changes the state value and sends without being in the group', () => {
  const { domain, a, c, operate } = domainWithOperator();
  const before = views(domain.heard(a, 1));
  operate(2, { kind: 'state', value });
  operate(3, { kind: 'voted-message', payload: value, safe: true });
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([
    {
      kind: 'approved',
      handle: 1,
      phases: 0,
      protocol: { kind: 'state', proposer: 'c/$operator' },
    },
  ]);
  expect(answers(domain.heard(c, 5), 3)).toMatchObject([{ kind: 'approved' }]);
  const heard = domain.heard(a, 1);
  expect(heard).toContainEqual(expect.objectContaining({ kind: 'approved', message: value }));
  expect(views(heard)).toBe(before);
  expect(domain.engine(a).inspect().groups[0]?.providers).toEqual(['a/p', 'b/p']);
});

it('members vote on it, and the operator does not', () => {
  const { domain, a, b, c, operate } = domainWithOperator();
  operate(2, { kind: 'barrier' }, 'voting');
  expect(answers(domain.heard(c, 5), 2)).toEqual([]);
  for (const id of [a, b]) {
    const ballot = domain.heard(id, 1).find((one) => one.kind === 'ballot');
    if (ballot?.kind !== 'ballot') throw new Error('no ballot');
    expect(ballot.protocol.proposer).toBe('c/$operator');
    const { id: protocol } = ballot.protocol;
    domain.client(id, 1, {
      kind: 'vote',
      handle: 1,
      protocol,
      phase: 1,
      value: id === a ? 'reject' : 'approve',
    });
  }
  domain.advance(100);
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([
    { kind: 'rejected', handle: 1, phases: 1, causes: [{ provider: 'a/p' }] },
  ]);
});

it('an expel of the last provider is answered, and a further proposal finds nobody', () => {
  const { domain, c, operate } = domainWithOperator();
  operate(2, { kind: 'expel', providers: ['a/p', 'b/p'] });
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([{ kind: 'approved' }]);
  expect(domain.heard(c, 5).at(-1)).toMatchObject({ kind: 'dissolved' });
  operate(3, { kind: 'state', value });
  expect(answers(domain.heard(c, 5), 3)).toMatchObject([
    { kind: 'refused', code: 'INVALID_ARGUMENT' },
  ]);
});

it('over a change of leader it is run once, whatever other requests of the daemon have started', () => {
  const { domain, a, b, c, operate } = domainWithOperator();
  domain.client(c, 5, { ...join('own'), request: 8, handle: 8 } as FromClient);
  operate(2, { kind: 'state', value });
  domain.kill(a);
  domain.advance(500);
  operate(3, { kind: 'state', value: Uint8Array.of(8), ifState: value });
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([{ kind: 'approved' }]);
  expect(answers(domain.heard(c, 5), 3)).toMatchObject([{ kind: 'approved' }]);
  expect(domain.engine(b).inspect().groups[0]?.stateBytes).toBe(1);
});

it('what is open when its daemon falls out is answered', () => {
  const { domain, c, operate } = domainWithOperator();
  operate(2, { kind: 'barrier' }, 'voting');
  domain.tell(c, { kind: 'stop' });
  domain.advance(100);
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([
    { kind: 'refused', code: 'CONNECTION_LOST' },
  ]);
});

it('is refused what operators do not propose through, and what is too large', () => {
  const { domain, a, c, operate } = domainWithOperator();
  operate(2, { kind: 'state', value: new Uint8Array(2 * 1024 * 1024) });
  domain.client(a, 1, {
    kind: 'operate',
    request: 4,
    handle: 1,
    phases: 1,
    proposed: { kind: 'state', value },
  });
  domain.advance(10);
  expect(answers(domain.heard(c, 5), 2)).toMatchObject([
    { kind: 'refused', argument: 'stateValue' },
  ]);
  expect(answers(domain.heard(a, 1), 4)).toMatchObject([{ kind: 'refused', argument: 'handle' }]);
});
