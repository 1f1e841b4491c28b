import type { DaemonId, GroupName } from '@group-services/core';
import { type FromClient, LIMITS, type ToClient } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

/** What a process may have open is bounded over all its groups, also one without our library. */

const GROUPS = ['billing', 'orders', 'stock'] as GroupName[];

type Refused = Extract<ToClient, { readonly kind: 'refused' }>;

function join(request: number, group: GroupName, handle = request): FromClient {
  const instance = `i${request}`;
  return { kind: 'join', request, handle, group, instance, attributes: {}, timeout: 0 };
}

function send(request: number, handle: number, payload: Uint8Array): FromClient {
  return { kind: 'send', handle, request, safe: false, payload };
}

function refusals(domain: SmallDomain, id: DaemonId): Refused[] {
  return domain.heard(id, 1).filter((said) => said.kind === 'refused');
}

/** A process of `a` provides three groups under the handles 1 to 3; `b`, which leads them, is silent. */
function silentLeader() {
  const domain = new SmallDomain();
  const b = domain.start('b', 1);
  const a = domain.start('a', 1);
  for (const id of [b, a]) {
    domain.open(id, 1);
    for (const [index, group] of GROUPS.entries()) {
      domain.client(id, 1, join(index + 1, group));
      domain.advance(100);
    }
  }
  domain.vanish(b);
  return { domain, a, leaderIsGone: () => domain.kill(b) };
}

describe('proposals without answer, over several groups', () => {
  it('are as many as the limit says, and more again when they have been answered', () => {
    const { domain, a, leaderIsGone } = silentLeader();
    const nothing = new Uint8Array(0);
    const count = LIMITS.pendingProposals + 500;
    for (let n = 0; n < count; n += 1) domain.client(a, 1, send(100 + n, 1 + (n % 3), nothing));
    const refused = refusals(domain, a);
    expect(refused).toHaveLength(500);
    expect(new Set(refused.map(({ code, limit }) => `${code} ${limit}`))).toEqual(
      new Set(['OVERLOADED pendingProposals']),
    );
    expect(refused[0]?.request).toBe(100 + LIMITS.pendingProposals);
    leaderIsGone();
    domain.advance(5_000);
    domain.client(a, 1, send(90_000, 1, nothing));
    domain.advance(100);
    expect(refusals(domain, a)).toHaveLength(500);
    const answered = domain.heard(a, 1).filter(({ kind }) => kind === 'message');
    expect(answered).toHaveLength(LIMITS.pendingProposals + 1);
  });

  it('are refused as a whole where several travel as one and not all of them fit', () => {
    const { domain, a } = silentLeader();
    const { bundleMessages } = LIMITS;
    const content = new Uint8Array(4 * bundleMessages);
    const fit = Math.floor(LIMITS.pendingProposals / bundleMessages);
    for (let n = 0; n <= fit; n += 1) {
      const request = 100 + n * bundleMessages;
      const bundled = { count: bundleMessages, content };
      domain.client(a, 1, { kind: 'bundle', handle: 1, request, safe: false, ...bundled });
    }
    const last = 100 + fit * bundleMessages;
    expect(refusals(domain, a).map(({ request }) => request)).toEqual(
      Array.from({ length: bundleMessages }, (_, n) => last + n),
    );
    // There is room for single ones.
    domain.client(a, 1, send(90_000, 1, new Uint8Array(0)));
    expect(refusals(domain, a)).toHaveLength(bundleMessages);
  });

  it('have no more bytes than the limit says', () => {
    const { domain, a } = silentLeader();
    const payload = new Uint8Array(LIMITS.message);
    const fit = LIMITS.pendingProposalBytes / LIMITS.message;
    for (let n = 0; n < fit + 5; n += 1) domain.client(a, 1, send(100 + n, 1 + (n % 3), payload));
    domain.client(a, 1, send(999, 1, new Uint8Array(0)));
    expect(refusals(domain, a).map(({ request, limit }) => [request, limit])).toEqual(
      Array.from({ length: 5 }, (_, n) => [100 + fit + n, 'pendingProposalBytes']),
    );
  });

  it('count also where their provider has said goodbye', () => {
    const { domain, a } = silentLeader();
    const payload = new Uint8Array(LIMITS.message);
    // What is open at the leader by then stays open.
    for (const handle of [1, 2, 3]) {
      for (let n = 0; n < 4; n += 1) domain.client(a, 1, send(10 * handle + n, handle, payload));
    }
    for (const handle of [1, 2]) domain.client(a, 1, { kind: 'goodbye', request: handle, handle });
    const left = LIMITS.pendingProposalBytes / LIMITS.message - 12;
    for (let n = 0; n <= left; n += 1) domain.client(a, 1, send(100 + n, 3, payload));
    expect(refusals(domain, a).map(({ request, code }) => [request, code])).toEqual([
      [100 + left, 'OVERLOADED'],
    ]);
  });
});

describe('memberships of one process', () => {
  it('are bounded over all groups, subscriptions included', () => {
    const domain = new SmallDomain();
    const a = domain.start('a', 1);
    domain.open(a, 1);
    for (let request = 1; request <= LIMITS.membershipsPerProcess; request += 1) {
      const group = `group ${request % 64}` as GroupName;
      const what = { membership: true, state: true, persistent: true, timeout: 0 };
      if (request % 2 === 0) domain.client(a, 1, join(request, group));
      else domain.client(a, 1, { kind: 'subscribe', request, handle: request, group, ...what });
    }
    domain.advance(100);
    expect(refusals(domain, a)).toEqual([]);
    domain.client(a, 1, join(5_000, 'one more' as GroupName));
    expect(refusals(domain, a)).toMatchObject([
      { request: 5_000, code: 'INVALID_ARGUMENT', limit: 'membershipsPerProcess' },
    ]);
    domain.client(a, 1, { kind: 'goodbye', request: 5_001, handle: 2 });
    domain.client(a, 1, join(5_002, 'one more' as GroupName));
    domain.advance(100);
    expect(domain.heard(a, 1).at(-1)).toMatchObject({ kind: 'joined', request: 5_002 });
  });

  it('leave no unbounded number of joins behind that are given up before the leader knows', () => {
    const { domain, a, leaderIsGone } = silentLeader();
    const rounds = LIMITS.membershipsPerProcess + 100;
    for (let n = 0; n < rounds; n += 1) {
      const group = GROUPS[n % 3] as GroupName;
      domain.client(a, 1, join(1_000 + n, group));
      domain.client(a, 1, { kind: 'goodbye', request: 50_000 + n, handle: 1_000 + n });
    }
    const { groups } = domain.engine(a).inspect();
    const waiting = groups.reduce((sum, { local }) => sum + local.waitingJoins, 0);
    expect(waiting).toBe(LIMITS.membershipsPerProcess);
    const codes = refusals(domain, a).map(({ code }) => code);
    expect(codes.filter((code) => code === 'OVERLOADED')).toHaveLength(100);
    leaderIsGone();
    domain.advance(5_000);
    domain.client(a, 1, join(9_000, 'billing' as GroupName));
    domain.advance(1_000);
    expect(domain.heard(a, 1).at(-1)).toMatchObject({ kind: 'joined', request: 9_000 });
  }, 120_000);
});
