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
