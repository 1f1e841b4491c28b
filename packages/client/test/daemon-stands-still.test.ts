import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionLostError, type GroupServices } from '../src/index.js';
import { FakeDaemon, joinedFrame, joinedProvider, snapshot } from './fake-daemon.js';

/** A daemon that stands still: limits and signals are kept by the library, and the connection ends. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass in steps, with a turn of the event loop after each: sockets are read in between. */
async function pass(milliseconds: number, step = 250): Promise<void> {
  for (let left = milliseconds; left > 0; left -= step) {
    vi.advanceTimersByTime(Math.min(step, left));
    await turns();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function connected(keepAlive?: number): Promise<{
  daemon: FakeDaemon;
  services: GroupServices;
}> {
  const daemon = await FakeDaemon.start();
  return { daemon, services: await daemon.connect({ keepAlive }) };
}

/** What a promise has come to: its value, or its error's code. */
function outcomeOf(promise: Promise<unknown>): { readonly now: () => unknown } {
  let outcome: unknown = 'pending';
  promise.then(
    (value) => {
      outcome = value;
    },
    (error: unknown) => {
      outcome = (error as { code?: string }).code ?? error;
    },
  );
  return { now: () => outcome };
}

describe('the keep-alive', () => {
  it('asks a quiet daemon for a sign of life, and is content with one', async () => {
    const { daemon, services } = await connected();
    const closed = outcomeOf(services.closed);
    await pass(60_000);
    expect(daemon.signsOfLife).toBeGreaterThan(5);
    expect(closed.now()).toBe('pending');
  });

  it('ends the connection of a daemon that stands still, and everything that waits', async () => {
    const { daemon, services } = await connected(8_000);
    const { provider } = await joinedProvider(daemon, services);
    daemon.silent = true;
    const sent = outcomeOf(provider.send(new Uint8Array(1)));
    const listed = outcomeOf(services.groups());
    await pass(7_500);
    expect(sent.now()).toBe('pending');
    await pass(2_750);
    expect(sent.now()).toBe('CONNECTION_LOST');
    expect(listed.now()).toBe('CONNECTION_LOST');
    expect(await services.closed).toBeInstanceOf(ConnectionLostError);
    expect((await services.closed)?.message).toContain('no sign of life for 8000 ms');
    await turns();
    expect(daemon.ends).toHaveLength(1);
  });

  it('takes every byte for a sign of life', async () => {
    const { daemon, services } = await connected();
    await joinedProvider(daemon, services);
    daemon.silent = true;
    const closed = outcomeOf(services.closed);
    for (let n = 0; n < 20; n += 1) {
      daemon.send({ kind: 'ping', n });
      await pass(2_000);
    }
    expect(closed.now()).toBe('pending');
  });

  it('excuses the daemon when the process itself was held up', async () => {
    const { daemon, services } = await connected();
    const closed = outcomeOf(services.closed);
    // As after a breakpoint, or a sleep of the whole machine: one timer, very late.
    await pass(300_000, 300_000);
    expect(closed.now()).toBe('pending');
    await pass(20_000);
    expect(closed.now()).toBe('pending');
    expect(daemon.signsOfLife).toBeGreaterThan(0);
  });

  it('does not excuse it for ever', async () => {
    const { daemon, services } = await connected();
    daemon.silent = true;
    const closed = outcomeOf(services.closed);
    await pass(100_000, 10_000);
    expect(closed.now()).toBeInstanceOf(ConnectionLostError);
  });

  it('can be switched off', async () => {
    const { daemon, services } = await connected(0);
    daemon.silent = true;
    const closed = outcomeOf(services.closed);
    await pass(600_000, 10_000);
    expect(closed.now()).toBe('pending');
    expect(daemon.signsOfLife).toBe(0);
  });
});

describe('while the daemon stands still', () => {
  it('a join ends at its time limit, and what comes of it later is ended at once', async () => {
    const { daemon, services } = await connected(0);
    daemon.silent = true;
    const joining = outcomeOf(services.join('g', { timeout: 2_000 }));
    const join = await daemon.next('join');
    await pass(1_500);
    expect(joining.now()).toBe('pending');
    await pass(2_000);
    expect(joining.now()).toBe('CONNECTION_LOST');
    expect(await daemon.next('withdraw')).toEqual({ kind: 'withdraw', target: join.request });
    daemon.send(joinedFrame(join));
    const goodbye = await daemon.next('goodbye');
    expect(goodbye.handle).toBe(join.handle);
    daemon.done(goodbye);
    await daemon.handled(services);
  });

  it('a subscribe ends as if it had never been asked for', async () => {
    const { daemon, services } = await connected(0);
    daemon.silent = true;
    const subscribing = outcomeOf(services.subscribe('g', { timeout: 500 }));
    const { request, handle } = await daemon.next('subscribe');
    await pass(2_250);
    expect(subscribing.now()).toBe('TIMEOUT');
    await daemon.next('withdraw');
    daemon.send({ kind: 'subscribed', request, handle, snapshot: snapshot() });
    const unsubscribe = await daemon.next('unsubscribe');
    expect(unsubscribe.handle).toBe(handle);
    daemon.done(unsubscribe);
    await daemon.handled(services);
  });

  it('a signal ends a proposal whose outcome nobody knows', async () => {
    const { daemon, services } = await connected(0);
    const { provider } = await joinedProvider(daemon, services);
    daemon.silent = true;
    const controller = new AbortController();
    const { signal } = controller;
    const changing = outcomeOf(provider.changeState(new Uint8Array(1), { signal }));
    const { request } = await daemon.next('propose');
    controller.abort();
    expect(await daemon.next('withdraw')).toEqual({ kind: 'withdraw', target: request });
    await pass(1_750);
    expect(changing.now()).toBe('pending');
    await pass(500);
    expect(changing.now()).toBe('CONNECTION_LOST');
    daemon.send({ kind: 'refused', request, code: 'ABORTED', text: 'late' });
    await daemon.handled(services);
  });

  it('a signal ends a subscribe, and a join whose outcome nobody knows', async () => {
    const { daemon, services } = await connected(0);
    daemon.silent = true;
    const controller = new AbortController();
    const { signal } = controller;
    const subscribing = outcomeOf(services.subscribe('g', { signal }));
    const joining = outcomeOf(services.join('g', { signal }));
    await daemon.next('subscribe');
    await daemon.next('join');
    controller.abort();
    await pass(2_250);
    expect(subscribing.now()).toBe('ABORTED');
    expect(joining.now()).toBe('CONNECTION_LOST');
  });

  it('close() does not wait for long', async () => {
    const { daemon, services } = await connected();
    daemon.silent = true;
    const closing = outcomeOf(services.close());
    await daemon.next('close');
    await pass(2_250);
    expect(closing.now()).toBeUndefined();
    expect(await services.closed).toBeUndefined();
  });
});

describe('while the daemon lives', () => {
  it('its answer is waited for: a protocol that has started may take longer than any limit', async () => {
    const { daemon, services } = await connected();
    const controller = new AbortController();
    const { signal } = controller;
    const joining = outcomeOf(services.join('g', { timeout: 1_000, signal }));
    const join = await daemon.next('join');
    await pass(30_000);
    controller.abort();
    await daemon.next('withdraw');
    await pass(30_000);
    expect(joining.now()).toBe('pending');
    daemon.send({ kind: 'refused', request: join.request, code: 'ABORTED', text: 'in time' });
    await turns();
    expect(joining.now()).toBe('ABORTED');
  });
});

it('one signal for many calls is listened to once', async () => {
  const { daemon, services } = await connected();
  const { provider } = await joinedProvider(daemon, services);
  const controller = new AbortController();
  const { signal } = controller;
  const listening = vi.spyOn(signal, 'addEventListener');
  const calls = Array.from({ length: 40 }, () => provider.send(new Uint8Array(1), { signal }));
  const outcomes = Promise.allSettled(calls);
  expect(listening).toHaveBeenCalledTimes(1);
  for (const _ of calls) {
    const { request } = await daemon.next('send');
    daemon.send({ kind: 'refused', request, code: 'COLLISION', text: 'no' });
  }
  await outcomes;
  controller.abort();
  await daemon.handled(services);
  expect(daemon.inbox).toEqual([]);
});
