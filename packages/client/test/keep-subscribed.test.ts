import { expect, it } from 'vitest';
import { keepSubscribedThrough } from '../src/handles/keep-subscribed.js';
import type { KeepSubscribedOptions } from '../src/index.js';
import { FakeDaemon, snapshot, take } from './fake-daemon.js';

async function keeping(options: KeepSubscribedOptions = {}) {
  const daemon = await FakeDaemon.start();
  const times = [1000, 1500, 2250];
  const ports = {
    connect: (given = {}) => daemon.connect(given),
    now: () => times.shift() ?? 0,
  };
  const kept = keepSubscribedThrough(ports, 'g', { backoff: { first: 0, max: 1 }, ...options });
  return { daemon, watches: kept[Symbol.asyncIterator]() };
}

async function accept(daemon: FakeDaemon) {
  const asked = await daemon.next('subscribe');
  const { request, handle } = asked;
  daemon.send({ kind: 'subscribed', request, handle, snapshot: snapshot() });
  return asked;
}

it('subscribes persistently, and after a loss connects and subscribes again', async () => {
  const { daemon, watches } = await keeping();
  const first = take(watches, 1);
  expect((await accept(daemon)).persistent).toBe(true);
  const [one] = await first;
  expect(one?.gap).toBeUndefined();
  const second = take(watches, 1);
  daemon.die();
  await accept(daemon);
  const [two] = await second;
  expect(two?.gap).toEqual({ reason: 'connection-lost', milliseconds: 750 });
  expect(two?.subscription).not.toBe(one?.subscription);
});

it('ends when the program closes the subscription, and by its signal', async () => {
  const controller = new AbortController();
  const { daemon, watches } = await keeping({ signal: controller.signal });
  const first = take(watches, 1);
  await accept(daemon);
  const [one] = await first;
  const closing = one?.subscription.close();
  daemon.done(await daemon.next('unsubscribe'));
  await closing;
  const end = watches.next();
  daemon.done(await daemon.next('close'));
  expect(await end).toEqual({ done: true, value: undefined });

  const other = await keeping({ signal: controller.signal });
  const second = other.watches.next();
  await accept(other.daemon);
  await second;
  controller.abort();
  other.daemon.done(await other.daemon.next('close'));
  expect(await other.watches.next()).toEqual({ done: true, value: undefined });
});

it('ends with the error that does not pass by itself', async () => {
  const { daemon, watches } = await keeping({ persistent: false });
  const first = watches.next();
  const { request } = await daemon.next('subscribe');
  daemon.send({ kind: 'refused', request, code: 'UNKNOWN_GROUP', text: 'nobody' });
  daemon.done(await daemon.next('close'));
  await expect(first).rejects.toMatchObject({ code: 'UNKNOWN_GROUP' });
});
