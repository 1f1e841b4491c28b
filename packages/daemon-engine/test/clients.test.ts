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

it('refuses every message of a bundle for a membership that has ended', () => {
  const { domain, a } = oneDaemon();
  const content = new Uint8Array(12);
  const bundle = { kind: 'bundle', request: 10, safe: false, count: 3, content } as const;
  domain.client(a, 1, { ...bundle, handle: 9 });
  const refused = domain.heard(a, 1).flatMap((said) => (said.kind === 'refused' ? [said] : []));
  expect(refused.map(({ request, code }) => [request, code])).toEqual([
    [10, 'REMOVED'],
    [11, 'REMOVED'],
    [12, 'REMOVED'],
  ]);
});

const MiB = 1024 * 1024;

it('refuses what is larger than the limits that it announced, and passes on what is not', () => {
  const { domain, a } = oneDaemon();
  const large = new Uint8Array(MiB + 1);
  const value = new Uint8Array(LIMITS.stateValue + 1);
  const proposals: readonly Extract<FromClient, { kind: 'propose' }>['proposed'][] = [
    { kind: 'state', value },
    { kind: 'state', value: new Uint8Array(1), ifState: value },
    { kind: 'voted-message', payload: large, safe: false },
    // Within the field's 1,024 characters, but three bytes each.
    { kind: 'leave', reason: '\u20ac'.repeat(1_000) },
    { kind: 'state', value: value.subarray(1) },
  ];
  domain.client(a, 1, { kind: 'send', handle: 1, request: 10, safe: false, payload: large });
  for (const [index, proposed] of proposals.entries()) {
    const request = 11 + index;
    domain.client(a, 1, { kind: 'propose', handle: 1, request, phases: 1, proposed });
  }
  domain.advance(100);
  const refused = domain.heard(a, 1).flatMap((said) => (said.kind === 'refused' ? [said] : []));
  expect(refused.map((it) => [it.request, it.code, it.argument, it.limit])).toEqual([
    [10, 'INVALID_ARGUMENT', 'message', 'message'],
    [11, 'INVALID_ARGUMENT', 'stateValue', 'stateValue'],
    [12, 'INVALID_ARGUMENT', 'ifState', 'stateValue'],
    [13, 'INVALID_ARGUMENT', 'message', 'message'],
    [14, 'INVALID_ARGUMENT', 'reason', 'reason'],
  ]);
  expect(domain.heard(a, 1).some((said) => said.kind === 'approved' && said.request === 15)).toBe(
    true,
  );
});

it('ends the connection of a process whose riders are larger than that', () => {
  const { domain, a } = oneDaemon();
  const vote = { kind: 'vote', handle: 1, protocol: '1.1', phase: 1, value: 'approve' } as const;
  domain.client(a, 1, {
    ...vote,
    message: new Uint8Array(MiB),
    stateValue: new Uint8Array(65_536),
  });
  expect(domain.engine(a).inspect().clients).toHaveLength(1);
  domain.client(a, 1, { ...vote, stateValue: new Uint8Array(65_537) });
  expect(domain.engine(a).inspect().clients).toHaveLength(0);
});
