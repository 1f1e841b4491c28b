import {
  type DaemonId,
  daemonId,
  type GroupName,
  type Instant,
  membershipId,
  type NodeName,
} from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import { describe, expect, it } from 'vitest';

import { NameServerEngine } from './engine.js';
import type { NameServerOutput } from './inputs.js';

const A = daemonId('a' as NodeName, 1);
const B = daemonId('b' as NodeName, 1);
const group = 'g' as GroupName;
const leader = { id: membershipId(A, 1), joinVersion: 1, full: true, address: 'tcp://a' };
const member = { id: membershipId(B, 1), joinVersion: 2, full: true, address: 'tcp://b' };
const LEASE_MS = 3_000;

/** A leads, B is a full member; both renewed at 0. */
function setUp() {
  const engine = new NameServerEngine({
    epoch: 1,
    domain: 'test',
    leaseMs: LEASE_MS,
    store: 'test',
    fresh: true,
  });
  const hear = (from: DaemonId, message: ToNameServer, now: Instant) =>
    engine.step({ kind: 'received', from, message }, now);
  for (const daemon of [A, B]) {
    engine.step({ kind: 'connected', daemon, address: `tcp://${daemon}` }, 0);
  }
  const resolve = { kind: 'resolve' as const, number: 1, group, membership: leader.id };
  const formed = hear(A, { ...resolve, address: leader.address, create: true }, 0);
  const generation = formed.flatMap((output) =>
    output.kind === 'send' && output.message.kind === 'resolved'
      ? [output.message.entry?.generation ?? 0]
      : [],
  )[0] as number;
  const common = { kind: 'change' as const, group, generation };
  const both = [leader, { ...member, full: false }];
  const adds = { ...common, id: 'adds', fromVersion: 1, asker: leader.id, leader: leader.id };
  hear(A, { ...adds, members: both, takeover: false }, 0);
  const { id: membership, joinVersion } = member;
  hear(B, { kind: 'full', group, generation, membership, joinVersion }, 0);
  const claims = { ...common, id: 'claims', fromVersion: 2, asker: member.id, leader: member.id };
  const claim: ToNameServer = { ...claims, members: [member], takeover: true };
  return { engine, hear, generation, claim };
}

function answers(outputs: readonly NameServerOutput[]): string[] {
  return outputs.flatMap((output) => {
    if (output.kind !== 'send') return [];
    const { message } = output;
    if (message.kind === 'changed') return [`${message.accepted} ${message.reason ?? ''}`.trim()];
    return message.kind === 'probe' ? ['probe'] : [];
  });
}

describe('what waits to be read', () => {
  it('M5: may be the answer to a probe', () => {
    const { engine, hear, generation, claim } = setUp();
    const probed = hear(B, claim, 100);
    expect(answers(probed)).toEqual(['probe']);
    const probe = probed.flatMap((output) =>
      output.kind === 'send' && output.message.kind === 'probe' ? [output.message.id] : [],
    )[0] as string;
    // Its time is over at 1,100; what came since 1,000 is unread, then what A said since then.
    const readOf = new Map([[A, 1_000]]);
    expect(answers(engine.step({ kind: 'deadlineReached', readUpTo: 1_000 }, 1_500))).toEqual([]);
    expect(engine.deadline()).toBeGreaterThan(1_500);
    expect(answers(engine.step({ kind: 'deadlineReached', readOf }, 1_600))).toEqual([]);
    const said = { kind: 'probed' as const, id: probe, group, generation, version: 2, leads: true };
    expect(answers(hear(A, said, 1_700))).toEqual(['false leader-alive']);
  });

  it('M5: is no answer when all of it is read', () => {
    const { engine, hear, claim } = setUp();
    hear(B, claim, 100);
    const readOf = new Map([[B, 0]]);
    const outputs = engine.step({ kind: 'deadlineReached', readOf }, 1_500);
    expect(answers(outputs)).toEqual(['true']);
  });

  it('M4: may be a renewal, so that its sender is asked before it is replaced', () => {
    const { engine, hear, claim } = setUp();
    hear(B, { kind: 'renew', number: 2, holdings: [] }, 2_000);
    engine.step({ kind: 'deadlineReached', readUpTo: 2_500 }, 4_000);
    expect(answers(hear(B, claim, 4_000))).toEqual(['probe']);
  });

  it('M4: is no renewal when all of it is read', () => {
    const { engine, hear, claim } = setUp();
    hear(B, { kind: 'renew', number: 2, holdings: [] }, 2_000);
    engine.step({ kind: 'deadlineReached' }, 4_000);
    expect(answers(hear(B, claim, 4_000))).toEqual(['true']);
  });

  it('M4: keeps a leader from being taken for absent', () => {
    const { engine, hear } = setUp();
    const logged: string[] = [];
    for (let now = 250; now <= 6_000; now += 250) {
      if (now % 1_000 === 0) hear(B, { kind: 'renew', number: now, holdings: [] }, now);
      const outputs = engine.step({ kind: 'deadlineReached', readOf: new Map([[A, 200]]) }, now);
      for (const output of outputs) if (output.kind === 'log') logged.push(output.event);
    }
    expect(logged).not.toContain('leader-out-of-contact');
    const outputs = engine.step({ kind: 'deadlineReached' }, 6_750);
    expect(outputs).toContainEqual(expect.objectContaining({ event: 'leader-out-of-contact' }));
  });
});
