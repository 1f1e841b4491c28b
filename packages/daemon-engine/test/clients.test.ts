import type { GroupName } from '@group-services/core';
import { type FromClient, LIMITS } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;

function join(request: number, instance: string): FromClient {
  return {
    kind: 'join',
    request,
    handle: request,
    group: GROUP,
    instance,
    attributes: {},
    timeout: 0,
  };
}

function oneDaemon() {
  const domain = new SmallDomain();
  const a = domain.start('a', 1);
  domain.open(a, 1);
  domain.client(a, 1, join(1, 'x'));
  domain.advance(100);
  return { domain, a };
}

it('joins that were refused leave no membership behind that counts', () => {
  const { domain, a } = oneDaemon();
  for (let request = 2; request < LIMITS.membershipsPerProcess + 10; request += 1) {
    domain.client(a, 1, join(request, 'x'));
  }
  domain.advance(100);
  const refused = domain.heard(a, 1).filter((said) => said.kind === 'refused');
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['DUPLICATE_INSTANCE']));
  const [client] = domain.engine(a).inspect().clients;
  expect(client?.handles).toBe(1);
});

it('M33: pings who asks for it, and shows operators how it is', () => {
  const { domain, a } = oneDaemon();
  domain.client(a, 1, { kind: 'monitor', interval: 1_000, timeout: 300 });
  domain.advance(1_000);
  const pings = () => domain.heard(a, 1).filter((said) => said.kind === 'ping');
  expect(pings()).toEqual([{ kind: 'ping', n: 1 }]);
  const health = () => domain.engine(a).inspect().clients[0]?.responsiveness;
  expect(health()).toBe('fine');
  domain.advance(300);
  expect(health()).toBe('unresponsive');
  domain.client(a, 1, { kind: 'pong', n: 1, ok: true });
  expect(health()).toBe('fine');
  domain.advance(1_000);
  expect(pings()).toHaveLength(2);
});

it('passes over votes of memberships that are not there', () => {
  const { domain, a } = oneDaemon();
  const before = domain.heard(a, 1).length;
  domain.client(a, 1, { kind: 'vote', handle: 9, protocol: '1.1', phase: 1, value: 'approve' });
  expect(domain.heard(a, 1)).toHaveLength(before);
});
