import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient, ToClient } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
/** Longer than others wait for a sign of life, and until all of them have acted on it. */
const LONG_MS = 3_000;

function join(request: number, handle: number): FromClient {
  return { kind: 'join', request, handle, group: GROUP, attributes: {}, timeout: 60_000 };
}

function send(request: number, text: string, safe = false): FromClient {
  const payload = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return { kind: 'send', handle: 1, request, safe, payload };
}

const SUBSCRIBE: FromClient = {
  kind: 'subscribe',
  request: 50,
  handle: 50,
  group: GROUP,
  membership: true,
  state: true,
  persistent: false,
  timeout: 0,
};

function kinds(messages: readonly ToClient[]): string[] {
  return messages.map(({ kind }) => kind);
}

/** Daemons that are members of the group, with a provider each; the first one leads. */
function members(...names: string[]) {
  const domain = new SmallDomain();
  const ids = names.map((name) => {
    const id = domain.start(name, 1);
    domain.open(id, 1);
    domain.client(id, 1, join(1, 1));
    domain.advance(100);
    return id;
  });
  return { domain, ids };
}

/** What the process of a daemon hears from now on. */
function listen(domain: SmallDomain, id: DaemonId): () => ToClient[] {
  const before = domain.heard(id, 1).length;
  return () => domain.heard(id, 1).slice(before);
}

describe('M7: a daemon that was away', () => {
  it('hands out nothing of what waited for it before it hears that it was removed', () => {
    const { domain, ids } = members('a', 'b', 'c');
    const [a, , c] = ids as [DaemonId, DaemonId, DaemonId];
    domain.lonely.add(c);
    domain.stopProcess(c);
    domain.client(a, 1, send(2, 'while it slept'));
    domain.advance(LONG_MS);
    const hears = listen(domain, c);
    domain.client(c, 1, SUBSCRIBE);
    domain.client(c, 1, send(2, 'of somebody who was removed'));
    domain.continueProcess(c);
    domain.advance(2_000);
    expect(hears()).toEqual([]);
    domain.lonely.clear();
    domain.advance(1_000);
    expect(kinds(hears())[0]).toBe('removed');
  });

  it('goes on once its leader counts on it, also without a name server', () => {
    const { domain, ids } = members('a', 'b');
    const [a, b] = ids as [DaemonId, DaemonId];
    for (const id of ids) domain.lonely.add(id);
    domain.stopProcess(b);
    domain.client(a, 1, send(2, 'while it slept'));
    domain.advance(LONG_MS);
    const hears = listen(domain, b);
    domain.continueProcess(b);
    domain.client(b, 1, SUBSCRIBE);
    domain.advance(2_000);
    expect(kinds(hears()).sort()).toEqual(['message', 'subscribed']);
  });

  it('goes on as leader once all others follow it, and not before', () => {
    const { domain, ids } = members('a', 'b', 'c');
    const [a, b] = ids as [DaemonId, DaemonId, DaemonId];
    for (const id of ids) domain.lonely.add(id);
    for (const id of [a, b]) domain.stopProcess(id);
    domain.advance(LONG_MS);
    const hears = listen(domain, a);
    domain.continueProcess(a);
    domain.client(a, 1, send(2, 'of the leader'));
    domain.advance(1_000);
    expect(hears()).toEqual([]);
    domain.continueProcess(b);
    domain.advance(1_000);
    expect(kinds(hears())).toContain('message');
  });

  it('alone in its group waits for the name server, and goes on when there is none', () => {
    const { domain, ids } = members('a');
    const [a] = ids as [DaemonId];
    domain.lonely.add(a);
    domain.stopProcess(a);
    domain.advance(LONG_MS);
    const hears = listen(domain, a);
    domain.continueProcess(a);
    domain.client(a, 1, send(2, 'alone'));
    domain.advance(5_000);
    expect(hears()).toEqual([]);
    domain.tell(a, { kind: 'nameServerDown' });
    domain.advance(4_000);
    expect(kinds(hears())).toContain('message');
  });

  it('notices it alone in its group while there is no name server', () => {
    const { domain, ids } = members('a');
    const [a] = ids as [DaemonId];
    domain.lonely.add(a);
    domain.tell(a, { kind: 'nameServerDown' });
    domain.advance(100);
    domain.stopProcess(a);
    domain.advance(LONG_MS);
    const hears = listen(domain, a);
    domain.client(a, 1, send(2, 'alone'));
    domain.continueProcess(a);
    domain.advance(1_000);
    expect(hears()).toEqual([]);
    domain.advance(4_000);
    expect(kinds(hears())).toContain('message');
  });

  it('is not taken for one when it is merely late', () => {
    const { domain, ids } = members('a', 'b');
    const [, b] = ids as [DaemonId, DaemonId];
    domain.stopProcess(b);
    domain.advance(700);
    domain.continueProcess(b);
    expect(domain.logged(b)).not.toContain('was away, and waits until it is heard');
  });
});
