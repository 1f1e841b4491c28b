import {
  type DaemonId,
  daemonId,
  type GroupName,
  membershipId,
  type NodeName,
} from '@group-services/core';
import type { ListPlace, ToNameServer } from '@group-services/wire';
import { describe, expect, it } from 'vitest';

import { NameServerEngine } from './engine.js';
import type { NameServerInput, NameServerOptions, NameServerOutput } from './inputs.js';

const A = daemonId('a' as NodeName, 1);
const B = daemonId('b' as NodeName, 1);

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

function holdingOf(number: number, daemon: DaemonId) {
  const group = `group-${number}` as GroupName;
  const membership = membershipId(daemon, number);
  return { group, generation: number, version: 1, membership, joinVersion: 1 };
}

/** Of one group, which that daemon is in alone. */
function registration(number: number, daemon: DaemonId = A) {
  const holding = holdingOf(number, daemon);
  const { group, generation, version, membership: id } = holding;
  const members = [{ id, joinVersion: 1, full: true, address: 'tcp://a:1' }];
  const entry = { group, generation, version, since: 1, leader: id, members };
  return { kind: 'register' as const, epoch: 1, holdings: [{ ...holding, entry, full: true }] };
}

function received(message: ToNameServer, from: DaemonId = A): NameServerInput {
  return { kind: 'received', from, message };
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

  it('takes nothing of a registration before its last piece is there', () => {
    const engine = engineOf({ fresh: false });
    const register = (number: number, more?: true): NameServerInput => {
      const { holdings } = registration(number);
      return received({ kind: 'register', epoch: 1, holdings, ...(more && { more }) });
    };
    expect(engine.step(register(1, true), 1)).toEqual([]);
    expect(engine.step(register(2, true), 1)).toEqual([]);
    // The connection is lost and comes back: what had begun is void, and only what is said now counts.
    engine.step({ kind: 'disconnected', daemon: A }, 2);
    engine.step({ kind: 'connected', daemon: A, address: 'tcp://a:1' }, 2);
    expect(engine.step(register(3, true), 3)).toEqual([]);
    expect(kinds(engine.step(register(4), 3))).toEqual(['daemon-registered']);
    engine.step({ kind: 'deadlineReached' }, 3000);
    const recovered = engine.inspect(3000).groups.map(({ group }) => group);
    expect(recovered).toEqual(['group-3', 'group-4']);
  });

  it('turns away who says something else in the middle of a registration', () => {
    const engine = engineOf({});
    engine.step(received({ ...registration(1), more: true }), 1);
    const outputs = engine.step(received({ kind: 'list', number: 1 }), 1);
    expect(kinds(outputs)).toEqual(['daemon-misbehaved', 'disconnect']);
    // Nor does a piece of another renewal continue the one that has begun.
    const other = engineOf({});
    const renew = (number: number) => received({ kind: 'renew', number, holdings: [], more: true });
    other.step(renew(1), 1);
    expect(kinds(other.step(renew(2), 1))).toEqual(['daemon-misbehaved', 'disconnect']);
  });

  it('gathers no more than it has room for, and says why it turns somebody away', () => {
    const many = engineOf({ limits: { groups: 2 } });
    for (const number of [1, 2, 3, 4]) {
      expect(many.step(received({ ...registration(number), more: true }), 1)).toEqual([]);
    }
    const refused = many.step(received({ ...registration(5), more: true }), 1);
    expect(kinds(refused)).toEqual(['daemon-turned-away', 'disconnect']);
    expect(refused[1]).toMatchObject({
      code: 'overloaded',
      text: expect.stringContaining('4 groups'),
    });

    const narrow = engineOf({ limits: { gatheredBytes: 1_000 } });
    narrow.step({ kind: 'connected', daemon: B, address: 'tcp://b:1' }, 1);
    expect(narrow.step(received({ ...registration(1), more: true }), 1)).toEqual([]);
    expect(narrow.step(received({ ...registration(2, B), more: true }, B), 1)).toEqual([]);
    // The room is one for all daemons; who goes away gives its share back.
    const tooMuch = narrow.step(received({ ...registration(3), more: true }), 1);
    expect(kinds(tooMuch)).toEqual(['daemon-turned-away', 'disconnect']);
    expect(kinds(narrow.step(received(registration(4, B), B), 1))).toContain('daemon-registered');
  });

  it('tells who has lost very many groups so in pieces, and of its lease with the last one', () => {
    const engine = engineOf({ limits: { pieceBytes: 150 } });
    const holdings = [1, 2, 3, 4, 5].map((number) => holdingOf(number, A));
    const outputs = engine.step(received({ kind: 'renew', number: 1, holdings }), 1);
    const told = outputs.flatMap((output) =>
      output.kind === 'send' && output.message.kind === 'renewed' ? [output.message] : [],
    );
    expect(told.map(({ more, gone }) => [more, gone.length])).toEqual([
      [true, 2],
      [true, 2],
      [undefined, 1],
    ]);
    expect(told.flatMap(({ gone }) => gone.map(({ group }) => group))).toEqual(
      holdings.map(({ group }) => group),
    );
  });

  it('lists nodes and groups of any number, in answers that have a bound', () => {
    const engine = engineOf({ limits: { pieceBytes: 300 } });
    for (const number of [1, 2, 3, 4, 10]) engine.step(received(lookup(number)), 1);
    engine.step({ kind: 'connected', daemon: B, address: 'tcp://b:1' }, 1);
    const seen: string[][] = [];
    let after: ListPlace | undefined;
    for (let more = true; more; ) {
      const asked = { kind: 'list' as const, number: 1, ...(after && { after }) };
      const [output] = engine.step(received(asked), 1);
      if (output?.kind !== 'send' || output.message.kind !== 'listed') throw new Error('no list');
      const { nodes, groups } = output.message;
      seen.push([...nodes.map(({ node }) => node), ...groups.map(({ group }) => group)]);
      const [node, group] = [nodes.at(-1)?.node, groups.at(-1)?.group];
      after = group === undefined ? { node: node ?? '' } : { group };
      more = output.message.more === true;
    }
    expect(seen).toEqual([
      ['a', 'b', 'group-1'],
      ['group-10', 'group-2'],
      ['group-3', 'group-4'],
    ]);
  });

  it('hears nobody who is not connected', () => {
    const engine = engineOf({});
    const stranger = { kind: 'received' as const, from: 'b.1' as DaemonId };
    expect(engine.step({ ...stranger, message: { kind: 'list', number: 1 } }, 1)).toEqual([]);
  });
});
