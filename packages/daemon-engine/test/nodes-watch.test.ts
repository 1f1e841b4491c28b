import type { DaemonId } from '@group-services/core';
import { FollowedView, type FromClient, type ToClient } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

/** What the name server takes to know who is there after its start, and to give a daemon up. */
const LEASE_MS = 3_000;

const WATCH: FromClient = { kind: 'watch-nodes', request: 1, handle: 1, timeout: 0 };

function watching(domain: SmallDomain, id: DaemonId): DaemonId {
  domain.open(id, 1);
  domain.client(id, 1, WATCH);
  return id;
}

/** The list as the client library keeps it; fails when a change cannot follow. */
function listOf(messages: readonly ToClient[]): string {
  let list: FollowedView | undefined;
  for (const message of messages) {
    if (message.kind === 'subscribed' && message.snapshot !== null) {
      list = new FollowedView(message.snapshot.view);
    } else if (message.kind === 'approved' && message.membership !== undefined) {
      expect(list?.apply(message.membership)).toBe(true);
    }
  }
  return list === undefined ? 'unknown' : list.view.providers.join(' ');
}

function changes(messages: readonly ToClient[]): string[] {
  return messages.flatMap((message) => {
    if (message.kind !== 'approved' || message.membership === undefined) return [];
    const { joined, left } = message.membership;
    const ends = left.map(({ provider, reason }) => `-${provider} ${reason}`);
    return [[message.protocol.kind, ...joined.map((id) => `+${id}`), ...ends].join(' ')];
  });
}

describe('B12: $nodes', () => {
  it('shows the daemons of the domain, the oldest in front, and each change', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 2));
    domain.start('b', 1);
    domain.advance(LEASE_MS);
    expect(listOf(domain.heard(a, 1))).toBe('b/1 a/2');
    const c = domain.start('c', 3);
    domain.tell(c, { kind: 'stop' });
    domain.kill(c);
    domain.start('b', 4);
    expect(changes(domain.heard(a, 1))).toEqual([
      'join +c/3',
      'leave -c/3 goodbye',
      'join +b/4 -b/1 node-failure',
    ]);
    expect(listOf(domain.heard(a, 1))).toBe('a/2 b/4');
  });

  it('tells of a daemon that is gone when its lease is over, and of one that was merely away', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 1));
    const b = domain.start('b', 2);
    domain.advance(LEASE_MS);
    domain.lonely.add(b);
    domain.advance(2 * LEASE_MS);
    domain.lonely.delete(b);
    domain.advance(LEASE_MS);
    expect(changes(domain.heard(a, 1))).toEqual(['failure -b/2 node-failure', 'join +b/2']);
  });

  it('tells what has changed while the name server was away once, and nothing else', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 1));
    const b = domain.start('b', 2);
    domain.start('c', 3);
    domain.advance(LEASE_MS);
    domain.vanish(b);
    domain.restartNameServer();
    domain.advance(LEASE_MS / 2);
    expect(changes(domain.heard(a, 1))).toEqual([]);
    domain.advance(2 * LEASE_MS);
    domain.restartNameServer();
    domain.advance(2 * LEASE_MS);
    expect(changes(domain.heard(a, 1))).toEqual(['failure -b/2 node-failure']);
    expect(listOf(domain.heard(a, 1))).toBe('a/1 c/3');
  });

  it('shows the same at the same position everywhere', () => {
    const domain = new SmallDomain();
    const both = [domain.start('a', 1), domain.start('b', 2)];
    for (const id of both) watching(domain, id);
    domain.advance(LEASE_MS);
    domain.start('c', 3);
    const [one, two] = both.map((id) => domain.heard(id, 1).at(-1));
    expect(one).toEqual(two);
    expect(one?.kind).toBe('approved');
  });

  it('asks anew when something was lost on the way', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 1));
    domain.advance(LEASE_MS);
    domain.lonely.add(a);
    domain.start('b', 2);
    domain.lonely.delete(a);
    domain.start('c', 3);
    domain.advance(10);
    expect(changes(domain.heard(a, 1))).toEqual(['join +b/2 +c/3']);
  });

  it('refuses proposals, and ends as a subscription does', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 1));
    domain.advance(LEASE_MS);
    const proposed = { kind: 'barrier' } as const;
    domain.client(a, 1, { kind: 'propose', request: 2, handle: 1, phases: 'voting', proposed });
    domain.client(a, 1, { kind: 'unsubscribe', request: 3, handle: 1 });
    domain.start('b', 2);
    const [, refused, done, ...others] = domain.heard(a, 1);
    expect(refused).toMatchObject({ kind: 'refused', request: 2, code: 'INVALID_ARGUMENT' });
    expect(done).toEqual({ kind: 'done', request: 3 });
    expect(others).toEqual([]);
  });

  it('is refused in time when the name server cannot be asked, or is too old', () => {
    const domain = new SmallDomain();
    const a = domain.start('a', 1);
    domain.open(a, 1);
    domain.tell(a, { kind: 'nameServerDown' });
    domain.client(a, 1, { kind: 'watch-nodes', request: 1, handle: 1, timeout: 100 });
    domain.client(a, 1, { kind: 'watch-nodes', request: 2, handle: 2, timeout: 0 });
    domain.client(a, 1, { kind: 'withdraw', target: 2 });
    domain.advance(100);
    const rules = {
      leaseMs: LEASE_MS,
      isolation: 'continue',
      leaderRecovery: 'announced',
    } as const;
    domain.tell(a, { kind: 'nameServerUp', epoch: 1_000, store: 'test 1000', ...rules });
    domain.client(a, 1, { kind: 'watch-nodes', request: 3, handle: 3, timeout: 0 });
    const answers = domain
      .heard(a, 1)
      .map((it) => (it.kind === 'refused' ? [it.request, it.code] : it));
    expect(answers).toEqual([
      [2, 'ABORTED'],
      [1, 'UNAVAILABLE'],
      [3, 'UNAVAILABLE'],
    ]);
  });

  it('is not for who may not subscribe to it', () => {
    const domain = new SmallDomain();
    const a = watching(domain, domain.start('a', 1));
    domain.advance(LEASE_MS);
    domain.tell(a, { kind: 'permissions', permissions: { file: 'rules.yaml', rules: [] } });
    domain.client(a, 1, { ...WATCH, request: 2, handle: 2 });
    const [, removed, refused] = domain.heard(a, 1);
    expect(removed).toMatchObject({ kind: 'removed', handle: 1, reason: 'not-authorized' });
    expect(refused).toMatchObject({ kind: 'refused', request: 2, code: 'NOT_AUTHORIZED' });
  });
});
