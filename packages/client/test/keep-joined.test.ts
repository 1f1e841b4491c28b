import { describe, expect, it } from 'vitest';
import { keepJoinedThrough } from '../src/handles/keep-joined.js';
import type { KeepJoinedOptions, Membership } from '../src/index.js';
import { FakeDaemon, joinedFrame, take } from './fake-daemon.js';

async function keeping(options: KeepJoinedOptions = {}) {
  const daemon = await FakeDaemon.start();
  const times = [1000, 1500, 2250, 3000];
  let connects = 0;
  const ports = {
    connect: (given = {}) => {
      connects += 1;
      return daemon.connect(given);
    },
    now: () => times.shift() ?? 0,
  };
  const kept = keepJoinedThrough(ports, 'g', { backoff: { first: 0, max: 1 }, ...options });
  const memberships = kept[Symbol.asyncIterator]() as AsyncIterator<Membership>;
  return { daemon, memberships, connects: () => connects };
}

async function approveJoin(daemon: FakeDaemon) {
  const join = await daemon.next('join');
  daemon.send(joinedFrame(join));
  return join;
}

describe('keepJoined', () => {
  it('joins, and after a loss connects and joins again, telling the gap', async () => {
    const { daemon, memberships, connects } = await keeping();
    const first = take(memberships, 1);
    await approveJoin(daemon);
    const [one] = await first;
    expect(one?.gap).toBeUndefined();
    expect(one?.provider.id).toBe('n1/a');
    const second = take(memberships, 1);
    daemon.die();
    await approveJoin(daemon);
    const [two] = await second;
    expect(two?.gap).toEqual({ reason: 'connection-lost', milliseconds: 750 });
    expect(two?.provider).not.toBe(one?.provider);
    expect(connects()).toBe(2);
  });

  it('joins again over the same connection when only the membership ended', async () => {
    const { daemon, memberships, connects } = await keeping();
    const first = take(memberships, 1);
    const { handle } = await approveJoin(daemon);
    await first;
    const second = take(memberships, 1);
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'group-lost' });
    await approveJoin(daemon);
    expect((await second)[0]?.gap?.reason).toBe('group-lost');
    expect(connects()).toBe(1);
  });

  it('misses no removal that arrives together with the join', async () => {
    const { daemon, memberships } = await keeping();
    const first = take(memberships, 1);
    const join = await daemon.next('join');
    const removed = { kind: 'removed', handle: join.handle, position: 9 } as const;
    daemon.send(joinedFrame(join), { ...removed, reason: 'expel' });
    await first;
    const second = take(memberships, 1);
    await approveJoin(daemon);
    expect((await second)[0]?.gap?.reason).toBe('expel');
  });

  it('tries again what passes by itself', async () => {
    const { daemon, memberships } = await keeping();
    const first = take(memberships, 1);
    const refused = await daemon.next('join');
    const { request } = refused;
    daemon.send({ kind: 'refused', request, code: 'TIMEOUT', text: 'no name server yet' });
    await approveJoin(daemon);
    expect(await first).toHaveLength(1);
  });

  it('tries again when the instance it had is still in use, and gives up on that of another', async () => {
    const { daemon, memberships } = await keeping({ instance: 'a' });
    const first = take(memberships, 1);
    await approveJoin(daemon);
    await first;
    const second = take(memberships, 1);
    daemon.die();
    const again = await daemon.next('join');
    const code = 'DUPLICATE_INSTANCE';
    daemon.send({ kind: 'refused', request: again.request, code, text: 'in use' });
    await approveJoin(daemon);
    expect(await second).toHaveLength(1);

    const other = await keeping({ instance: 'a' });
    const refused = other.memberships.next();
    const join = await other.daemon.next('join');
    other.daemon.send({ kind: 'refused', request: join.request, code, text: 'in use' });
    other.daemon.done(await other.daemon.next('close'));
    await expect(refused).rejects.toMatchObject({ code });
  });

  it('ends with the error that does not pass by itself, and closes its connection', async () => {
    const { daemon, memberships } = await keeping();
    const first = memberships.next();
    const { request } = await daemon.next('join');
    daemon.send({ kind: 'refused', request, code: 'ATTRIBUTE_MISMATCH', text: 'differs' });
    daemon.done(await daemon.next('close'));
    await expect(first).rejects.toMatchObject({ code: 'ATTRIBUTE_MISMATCH' });
    expect(await memberships.next()).toEqual({ done: true, value: undefined });
  });

  it('ends when the program left by itself', async () => {
    const { daemon, memberships } = await keeping();
    const first = take(memberships, 1);
    await approveJoin(daemon);
    const [one] = await first;
    const leaving = one?.provider.goodbye();
    daemon.done(await daemon.next('goodbye'));
    await leaving;
    const end = memberships.next();
    daemon.done(await daemon.next('close'));
    expect(await end).toEqual({ done: true, value: undefined });
  });

  it('ends by its signal, and so does the membership', async () => {
    const controller = new AbortController();
    const { daemon, memberships } = await keeping({ signal: controller.signal });
    const first = take(memberships, 1);
    await approveJoin(daemon);
    const [one] = await first;
    const removed = new Promise((resolve) => one?.provider.on('removed', resolve));
    controller.abort();
    daemon.done(await daemon.next('close'));
    expect(await removed).toMatchObject({ reason: 'quit' });
    expect(await memberships.next()).toEqual({ done: true, value: undefined });
  });

  it('ends by its signal while it joins', async () => {
    const controller = new AbortController();
    const { daemon, memberships } = await keeping({ signal: controller.signal });
    const first = memberships.next();
    await daemon.next('join');
    controller.abort();
    daemon.done(await daemon.next('close'));
    expect(await first).toEqual({ done: true, value: undefined });
  });

  it('closes its connection when the loop is left', async () => {
    const { daemon, memberships } = await keeping();
    const first = take(memberships, 1);
    await approveJoin(daemon);
    await first;
    const returned = memberships.return?.();
    daemon.done(await daemon.next('close'));
    await returned;
  });

  it('rejects wrong arguments', async () => {
    const { memberships } = await keeping({ backoff: { first: -1 } });
    await expect(memberships.next()).rejects.toMatchObject({ argument: 'backoff.first' });
  });
});

describe('with more options', () => {
  it('tells of each further attempt why and when it comes', async () => {
    const told: { error: Error; in: number }[] = [];
    const { daemon, memberships } = await keeping({ onRetry: (attempt) => told.push(attempt) });
    const first = take(memberships, 1);
    const { request } = await daemon.next('join');
    daemon.send({ kind: 'refused', request, code: 'UNAVAILABLE', text: 'no name server' });
    const { handle } = await approveJoin(daemon);
    await first;
    const second = take(memberships, 1);
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel' });
    await approveJoin(daemon);
    await second;
    expect(told.map(({ error }) => error)).toMatchObject([
      { code: 'UNAVAILABLE' },
      { code: 'REMOVED', reason: 'expel' },
    ]);
    for (const { in: wait } of told) expect(wait).toBeGreaterThanOrEqual(0);
  });

  it('uses the connection of the program, and leaves it open', async () => {
    const { daemon, memberships, connects } = await keeping();
    await memberships.return?.();
    const services = await daemon.connect();
    const kept = keepJoinedThrough(
      { connect: () => Promise.reject(new Error('no')), now: () => 0 },
      'g',
      { services, backoff: { first: 0, max: 1 } },
    )[Symbol.asyncIterator]();
    const first = take(kept, 1);
    const { handle } = await approveJoin(daemon);
    await first;
    const second = take(kept, 1);
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel' });
    await approveJoin(daemon);
    expect((await second)[0]?.gap?.reason).toBe('expel');
    const ended = kept.return?.();
    daemon.done(await daemon.next('goodbye'));
    await ended;
    await daemon.handled(services);
    expect(connects()).toBe(0);
  });

  it('ends with the connection of the program', async () => {
    const { daemon } = await keeping();
    const ports = { connect: () => Promise.reject(new Error('no')), now: () => 0 };
    const closed = await daemon.connect();
    const one = keepJoinedThrough(ports, 'g', { services: closed })[Symbol.asyncIterator]();
    const first = take(one, 1);
    await approveJoin(daemon);
    await first;
    const end = one.next();
    const closing = closed.close();
    daemon.done(await daemon.next('close'));
    await closing;
    expect(await end).toEqual({ done: true, value: undefined });

    const lost = await daemon.connect();
    const other = keepJoinedThrough(ports, 'g', { services: lost })[Symbol.asyncIterator]();
    const second = take(other, 1);
    await approveJoin(daemon);
    await second;
    const failed = other.next();
    daemon.die();
    await expect(failed).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('waits at its end for the results of what is pending, when it is told to', async () => {
    const controller = new AbortController();
    const { daemon, memberships } = await keeping({ signal: controller.signal, drain: 60_000 });
    const first = take(memberships, 1);
    const { handle } = await approveJoin(daemon);
    const [one] = await first;
    const sending = one?.provider.send(new Uint8Array(1));
    const { request } = await daemon.next('send');
    controller.abort();
    const payload = new Uint8Array(1);
    daemon.send({ kind: 'message', handle, position: 6, from: 1, request, payload });
    expect((await sending)?.position).toBe(6);
    daemon.done(await daemon.next('close'));
    expect(await memberships.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    { connect: {}, services: {} as never },
    { services: {} as never },
    { drain: -1 },
    { onRetry: 1 as never },
    { bakoff: {} } as never,
  ])('rejects %o', async (options) => {
    const { memberships } = await keeping(options);
    await expect(memberships.next()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a daemon that says why it ends the connection', () => {
  it.each(['daemon-stopped', 'overloaded', 'not-authorized'] as const)(
    'ends the membership as %s',
    async (reason) => {
      const { daemon, memberships } = await keeping();
      const first = take(memberships, 1);
      await approveJoin(daemon);
      await first;
      const second = take(memberships, 1);
      daemon.send({ kind: 'closing', why: 'that is so', reason });
      daemon.hangUp();
      await approveJoin(daemon);
      expect((await second)[0]?.gap?.reason).toBe(reason);
    },
  );
});
