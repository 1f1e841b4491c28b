import {
  type DaemonId,
  daemonId,
  type GroupName,
  membershipId,
  type NodeName,
} from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import { describe, expect, it } from 'vitest';

import { NameServerEngine } from './engine.js';
import type { NameServerOptions, NameServerOutput } from './inputs.js';

const A = daemonId('a' as NodeName, 1);

function engineOf(options: Partial<NameServerOptions>): NameServerEngine {
  const engine = new NameServerEngine({
    epoch: 1,
    domain: 'test',
    leaseMs: 3000,
    store: 'test',
    fresh: true,
    ...options,
  });
  engine.step({ kind: 'connected', daemon: A, address: 'tcp://a:1' }, 0);
  return engine;
}

function lookup(number: number, create = true): ToNameServer {
  const group = `group-${number}` as GroupName;
  const membership = membershipId(A, number);
  return { kind: 'resolve', number, group, membership, address: 'tcp://a:1', create };
}

function kinds(outputs: readonly NameServerOutput[]): readonly string[] {
  return outputs.map((output) => (output.kind === 'log' ? output.event : output.kind));
}

describe('bounds', () => {
  it('creates no group beyond the limit, and says so in the log', () => {
    const engine = engineOf({ limits: { groups: 1 } });
    engine.step({ kind: 'received', from: A, message: lookup(1) }, 1);
    const outputs = engine.step({ kind: 'received', from: A, message: lookup(2) }, 2);
    expect(kinds(outputs)).toEqual(['too-many-groups', 'send']);
    expect(outputs[1]).toMatchObject({ message: { kind: 'resolved', entry: null } });
  });

  it('forgets a node that is away and in no group when it needs the room', () => {
    const engine = engineOf({ limits: { nodes: 1 } });
    const other = { kind: 'connected' as const, daemon: 'b.1' as DaemonId, address: 'tcp://b:1' };
    expect(kinds(engine.step(other, 1))).toEqual(['disconnect']);
    engine.step({ kind: 'disconnected', daemon: A }, 2);
    expect(kinds(engine.step(other, 3))).toEqual(['disconnect']);
    expect(kinds(engine.step(other, 4000))).toEqual(['daemon-connected']);
    expect(engine.incarnationOf('a' as NodeName)).toBe(0);
  });

  it('keeps a bounded number of look-ups waiting; the others are asked again by their owners', () => {
    const engine = engineOf({ fresh: false, limits: { waitingLookups: 2 } });
    for (const number of [1, 2, 3]) {
      expect(engine.step({ kind: 'received', from: A, message: lookup(number) }, 1)).toEqual([]);
    }
    expect(engine.inspect(1)).toMatchObject({ waitingLookups: 2, recoveringForMs: 2999 });
    expect(engine.isReady).toBe(false);
    engine.step({ kind: 'deadlineReached' }, 3000);
    expect(engine.inspect(3000).groups).toHaveLength(2);
    expect(engine.isReady).toBe(true);
  });

  it('answers no look-up of a daemon that went away while it waited', () => {
    const engine = engineOf({ fresh: false });
    engine.step({ kind: 'received', from: A, message: lookup(1) }, 1);
    engine.step({ kind: 'disconnected', daemon: A }, 2);
    engine.step({ kind: 'deadlineReached' }, 3000);
    expect(engine.inspect(3000).groups).toEqual([]);
  });

  it('believes no generation that would use up the numbers', () => {
    const engine = engineOf({});
    const holding = {
      group: 'g' as GroupName,
      generation: Number.MAX_SAFE_INTEGER,
      version: 1,
      membership: membershipId(A, 1),
      joinVersion: 1,
    };
    const renewal = { kind: 'renew' as const, number: 1, holdings: [holding] };
    const outputs = engine.step({ kind: 'received', from: A, message: renewal }, 1);
    expect(kinds(outputs)).toEqual(['daemon-misbehaved', 'disconnect']);
  });

  it('hears nobody who is not connected', () => {
    const engine = engineOf({});
    const stranger = { kind: 'received' as const, from: 'b.1' as DaemonId };
    expect(engine.step({ ...stranger, message: { kind: 'list', number: 1 } }, 1)).toEqual([]);
  });
});
