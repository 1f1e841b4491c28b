import type { GroupName, NodeName } from '@group-services/core';
import type { FromClient, FromNameServer, ToClient, ToNameServer } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { DaemonEngine, type DaemonInput, DEFAULT_DAEMON_OPTIONS } from '../src/index.js';
import { ANEW_AFTER_MS, SmallDomain } from './small-domain.js';

const GROUP = 'billing' as GroupName;
const SUSPEND = {
  leaderRecovery: 'announced',
  quiesce: 'anticipate',
  isolation: 'suspend',
} as const;

function join(request: number, handle: number): FromClient {
  return { kind: 'join', request, handle, group: GROUP, attributes: {}, timeout: 60_000 };
}

function send(request: number, text: string): FromClient {
  const payload = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return { kind: 'send', handle: 1, request, safe: false, payload };
}

function texts(messages: readonly ToClient[]): string[] {
  return messages.flatMap((message) =>
    message.kind === 'message' ? [String.fromCharCode(...message.payload)] : [],
  );
}

function removedReasons(messages: readonly ToClient[]): string[] {
  return messages.flatMap((message) => (message.kind === 'removed' ? [message.reason] : []));
}

function twoMembers() {
  const domain = new SmallDomain(SUSPEND);
  const a = domain.start('a', 1);
  const b = domain.start('b', 1);
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join(1, 1));
    domain.advance(100);
  }
  return { domain, a, b };
}

describe('M4: isolation suspend', () => {
  it('stands still after a lease without contact, and goes on when it is back', () => {
    const { domain, a, b } = twoMembers();
    domain.lonely.add(a);
    domain.lonely.add(b);
    domain.advance(3_000);
    expect(domain.engine(a).inspect().nameServer.isolated).toBe(true);
    domain.client(a, 1, send(10, 'from the leader'));
    domain.client(b, 1, send(10, 'from the member'));
    domain.advance(500);
    for (const id of [a, b]) expect(texts(domain.heard(id, 1))).toEqual([]);
    domain.lonely.clear();
    domain.advance(1_000);
    expect(domain.engine(a).inspect().nameServer.isolated).toBe(false);
    for (const id of [a, b]) {
      expect(texts(domain.heard(id, 1)).sort()).toEqual(['from the leader', 'from the member']);
      expect(removedReasons(domain.heard(id, 1))).toEqual([]);
    }
  });

  it('never lets two generations sequence at once', () => {
    const { domain, a, b } = twoMembers();
    const c = domain.start('c', 1);
    domain.open(c, 1);
    domain.lonely.add(a);
    domain.lonely.add(b);
    const old = domain.engine(a).inspect().groups[0]?.generation;
    domain.client(c, 1, join(1, 1));
    // What c asks is answered with the old generation until that stands still for certain.
    for (let message = 10; domain.engine(c).inspect().groups[0]?.role !== 'leader'; message += 1) {
      domain.client(a, 1, send(message, `old ${message}`));
      domain.advance(100);
      expect(domain.now).toBeLessThan(2 * ANEW_AFTER_MS);
    }
    expect(domain.engine(a).inspect().nameServer.isolated).toBe(true);
    expect(domain.engine(b).inspect().nameServer.isolated).toBe(true);
    expect(domain.engine(c).inspect().groups[0]?.generation).toBeGreaterThan(old ?? 0);
    const before = [a, b].map((id) => texts(domain.heard(id, 1)));
    domain.client(c, 1, send(10, 'new'));
    domain.lonely.clear();
    domain.advance(2_000);
    expect([a, b].map((id) => texts(domain.heard(id, 1)))).toEqual(before);
    for (const id of [a, b]) expect(removedReasons(domain.heard(id, 1))).toEqual(['group-lost']);
  });

  it('measures contact from the sending of the renewal that was answered', () => {
    const daemon = new Lonely();
    const first = daemon.renewal(0);
    daemon.tell({ kind: 'fromNameServer', message: renewed(first) }, 2_500);
    expect(daemon.isolated).toBe(false);
    daemon.tell({ kind: 'deadlineReached' }, 2_999);
    expect(daemon.isolated).toBe(false);
    expect(daemon.engine.deadline()).toBeLessThanOrEqual(3_000);
    daemon.tell({ kind: 'deadlineReached' }, 3_000);
    expect(daemon.isolated).toBe(true);
  });

  it('takes an answer of the recovery window, or to no question, for no contact', () => {
    const daemon = new Lonely();
    const first = daemon.renewal(0);
    daemon.tell({ kind: 'fromNameServer', message: { ...renewed(first), recovering: true } }, 10);
    expect(daemon.isolated).toBe(true);
    daemon.tell({ kind: 'fromNameServer', message: renewed(99) }, 20);
    expect(daemon.isolated).toBe(true);
    // Meanwhile it asks more often.
    const again = daemon.renewal(daemon.engine.deadline());
    daemon.tell({ kind: 'fromNameServer', message: renewed(again) }, 1_100);
    expect(daemon.isolated).toBe(false);
  });

  it('says what it holds as a digest, and names it when that is asked for, once', () => {
    const daemon = new Lonely();
    const [first] = daemon
      .saidToNameServer({ ...UP, features: new Set(['renew-digest' as const]) }, 0)
      .slice(-1);
    expect(first).toMatchObject({ kind: 'renew-digest' });
    const number = first?.kind === 'renew-digest' ? first.number : 0;
    const wanted = {
      kind: 'fromNameServer',
      message: { kind: 'holdings-wanted', number },
    } as const;
    const [named, ...more] = daemon.saidToNameServer(wanted, 10);
    expect(named).toMatchObject({ kind: 'renew', holdings: [] });
    expect(more).toEqual([]);
    expect(daemon.saidToNameServer(wanted, 20)).toEqual([]);
    // Contact lasts from where it named them: the digest got no answer.
    expect(daemon.isolated).toBe(true);
    const answer = renewed(named?.kind === 'renew' ? named.number : 0);
    daemon.tell({ kind: 'fromNameServer', message: answer }, 30);
    daemon.tell({ kind: 'deadlineReached' }, 3_009);
    expect(daemon.isolated).toBe(false);
    daemon.tell({ kind: 'deadlineReached' }, 3_010);
    expect(daemon.isolated).toBe(true);
  });

  it('ends with the policy', () => {
    const daemon = new Lonely();
    daemon.renewal(0);
    expect(daemon.isolated).toBe(true);
    daemon.tell({ ...UP, isolation: 'continue' }, 10);
    expect(daemon.isolated).toBe(false);
  });
});

const UP = {
  kind: 'nameServerUp',
  epoch: 1,
  store: 'test',
  leaseMs: 3_000,
  isolation: 'suspend',
  leaderRecovery: 'announced',
} as const;

function renewed(number: number): Extract<FromNameServer, { kind: 'renewed' }> {
  return { kind: 'renewed', number, entries: [], gone: [] };
}

/** One daemon whose name server is played by the test. */
class Lonely {
  readonly engine = new DaemonEngine({
    ...DEFAULT_DAEMON_OPTIONS,
    node: 'a' as NodeName,
    incarnation: 1,
    address: 'memory://a',
  });
  #up = false;

  get isolated(): boolean {
    return this.engine.inspect().nameServer.isolated;
  }

  tell(input: DaemonInput, now: number): ReturnType<DaemonEngine['step']> {
    return this.engine.step(input, now);
  }

  saidToNameServer(input: DaemonInput, now: number): ToNameServer[] {
    return this.tell(input, now).flatMap((output) =>
      output.kind === 'toNameServer' ? [output.message] : [],
    );
  }

  /** Connects, or waits until then; the number of the renewal that was sent. */
  renewal(now: number): number {
    const outputs = this.tell(this.#up ? { kind: 'deadlineReached' } : UP, now);
    this.#up = true;
    for (const output of outputs) {
      if (output.kind === 'toNameServer' && output.message.kind === 'renew') {
        return output.message.number;
      }
    }
    throw new Error('no renewal was sent');
  }
}
