import type { DaemonId, GroupName, NodeName } from '@group-services/core';
import type { FromClient, ToClient } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
const LEASE_AND_DRIFT_MS = 3_300;

function join(request: number, timeout: number): FromClient {
  return { kind: 'join', request, handle: request, group: GROUP, attributes: {}, timeout };
}

function texts(heard: readonly ToClient[]): string[] {
  return heard.flatMap((message) => (message.kind === 'refused' ? [message.text] : []));
}

/** The daemons a and b served the group and are gone for good; c is new. */
function allGone(how: { readonly ephemeral?: boolean } = {}) {
  const domain = new SmallDomain();
  const [a, b] = ['a', 'b'].map((name) => domain.start(name, 1, how)) as [DaemonId, DaemonId];
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join(1, 0));
    domain.advance(100);
  }
  const c = domain.start('c', 1);
  domain.open(c, 1);
  // At the same moment: neither sees the other's end.
  domain.vanish(b);
  domain.kill(a);
  return { domain, c };
}

describe('nodes that never come back', () => {
  it('who cannot join is told for whom the group waits, and what can be done', () => {
    const { domain, c } = allGone();
    domain.client(c, 1, join(1, 6_000));
    domain.advance(6_500);
    expect(texts(domain.heard(c, 1))).toEqual([
      expect.stringMatching(
        /^not joined within 6000 ms, request withdrawn; the group waits for .* a \(heard [5-7] s ago\), b \(heard [5-7] s ago\) \(generation 1000001\)\..*gsctl nodes forget NODE for each, or gsctl group reset billing$/u,
      ),
    ]);
    const said = domain.logged(c).filter((event) => event.startsWith('the group waits'));
    expect(said).toHaveLength(1);
  });

  it('the status of the group says so, and whoever asks for its votes', () => {
    const { domain, c } = allGone();
    domain.advance(4_000);
    domain.tell(c, { kind: 'askVotes', question: 1, group: GROUP });
    expect(domain.votes(c)[0]?.answer?.note).toContain('waits for nodes');
    domain.client(c, 1, join(1, 0));
    domain.advance(1_000);
    const group = domain.engine(c).inspect().groups[0];
    expect(group?.waiting).toContain('gsctl nodes forget');
    domain.tell(c, { kind: 'askVotes', question: 2, group: GROUP });
    domain.advance(2_100);
    expect(domain.votes(c)[1]?.answer?.note).toContain('waits for nodes');
  });

  it('a waiting join goes on when they are forgotten, one by one, and not before all are', () => {
    const { domain, c } = allGone();
    domain.client(c, 1, join(1, 0));
    const forget = (request: number, node: string): void =>
      domain.client(c, 1, { kind: 'forget', request, node: node as NodeName });
    forget(2, 'a');
    expect(texts(domain.heard(c, 1))).toEqual([expect.stringContaining('may be alive')]);
    domain.advance(LEASE_AND_DRIFT_MS);
    forget(3, 'a');
    domain.advance(2_000);
    const kinds = (): string[] => domain.heard(c, 1).map(({ kind }) => kind);
    expect(kinds()).toEqual(['refused', 'done']);
    forget(4, 'b');
    domain.advance(2_000);
    expect(kinds()).toEqual(['refused', 'done', 'done', 'joined']);
  });

  it('ephemeral ones are waited for no longer than a lease and drift', () => {
    const { domain, c } = allGone({ ephemeral: true });
    domain.client(c, 1, join(1, 0));
    domain.advance(LEASE_AND_DRIFT_MS - 500);
    expect(domain.heard(c, 1)).toEqual([]);
    domain.advance(2_000);
    expect(domain.heard(c, 1)).toMatchObject([{ kind: 'joined' }]);
  });

  it('one that is heard here is not forgotten, whatever the name server has heard', () => {
    const { domain, c } = allGone();
    const d = domain.start('d', 1);
    domain.advance(LEASE_AND_DRIFT_MS);
    for (const id of [c, d]) {
      domain.client(id, 1, { ...join(1, 0), group: 'other' as GroupName } as FromClient);
      domain.open(id, 2);
      domain.client(id, 2, { ...join(1, 0), group: 'other' as GroupName } as FromClient);
      domain.advance(500);
    }
    domain.lonely.add(d);
    domain.advance(LEASE_AND_DRIFT_MS);
    domain.client(c, 1, { kind: 'forget', request: 9, node: 'd' as NodeName });
    expect(texts(domain.heard(c, 1))).toEqual([
      expect.stringMatching(/^node d is alive: this daemon heard it \d+ ms ago/u),
    ]);
  });

  it('an ephemeral daemon stands still without contact, and goes on with it', () => {
    const domain = new SmallDomain();
    const a = domain.start('a', 1, { ephemeral: true });
    const isolated = (): boolean => domain.engine(a).inspect().nameServer.isolated;
    domain.advance(1_000);
    expect(isolated()).toBe(false);
    domain.lonely.add(a);
    domain.advance(3_100);
    expect(isolated()).toBe(true);
    domain.lonely.delete(a);
    domain.advance(1_000);
    expect(isolated()).toBe(false);
  });
});
