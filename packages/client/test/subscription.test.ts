import type { ClientSnapshot, ToClient } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import {
  AbortedError,
  InvalidArgumentError,
  type SubscribeOptions,
  UnknownGroupError,
} from '../src/index.js';
import { all, bytes, change, FakeDaemon, snapshot, take, view } from './fake-daemon.js';

async function connected() {
  const daemon = await FakeDaemon.start();
  return { daemon, services: await daemon.connect() };
}

async function subscribed(
  options: SubscribeOptions = {},
  given: ClientSnapshot | null = snapshot({ position: 4 }),
) {
  const { daemon, services } = await connected();
  const subscribing = services.subscribe('g', options);
  const { request, handle } = await daemon.next('subscribe');
  daemon.send({ kind: 'subscribed', request, handle, snapshot: given });
  return { daemon, services, handle, subscription: await subscribing };
}

function approved(handle: number, position: number): ToClient {
  return {
    kind: 'approved',
    handle,
    position,
    protocol: { id: `7.${position}`, kind: 'join', proposer: 'n2/b' },
    phases: 0,
    membership: change(2, position, { joined: ['n2/b'] }),
    state: { value: bytes(`state ${position}`) },
  };
}

describe('subscribe', () => {
  it('asks for both kinds of changes and begins with a snapshot', async () => {
    const { daemon, services } = await connected();
    const subscribing = services.subscribe('g');
    const asked = await daemon.next('subscribe');
    expect(asked).toMatchObject({
      group: 'g',
      membership: true,
      state: true,
      persistent: false,
      timeout: 30_000,
    });
    const { request, handle } = asked;
    const given = snapshot({ position: 4, stateValue: bytes('s') });
    daemon.send({ kind: 'subscribed', request, handle, snapshot: given }, approved(handle, 6));
    const subscription = await subscribing;
    const events = await take(subscription[Symbol.asyncIterator](), 3);
    expect(events.map((event) => [event.type, event.position])).toEqual([
      ['snapshot', 4],
      ['membership', 6],
      ['state', 6],
    ]);
    expect(subscription.view.providers).toEqual(['n1/a', 'n2/b']);
    expect(subscription.stateValue).toEqual(bytes('state 6'));
  });

  it('is told of the kinds it asked for', async () => {
    const { daemon, services, subscription, handle } = await subscribed({ state: false });
    daemon.send(approved(handle, 6));
    await daemon.handled(services);
    const events = await take(subscription[Symbol.asyncIterator](), 2);
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'membership']);
  });

  it('rejects when nobody provides the group', async () => {
    const { daemon, services } = await connected();
    const subscribing = services.subscribe('nobody');
    const { request } = await daemon.next('subscribe');
    daemon.send({ kind: 'refused', request, code: 'UNKNOWN_GROUP', text: 'nobody provides it' });
    const error = await subscribing.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnknownGroupError);
    expect(error).toMatchObject({ group: 'nobody' });
  });

  it('ends with `dissolved` when the group does', async () => {
    const { daemon, subscription, handle } = await subscribed();
    daemon.send({ kind: 'dissolved', handle, position: 9 });
    const events = await all(subscription);
    expect(events.at(-1)).toEqual({ type: 'dissolved', group: 'g', position: 9 });
    expect(subscription.view).toEqual({
      group: 'g',
      version: 0,
      fence: '',
      providers: [],
      labels: {},
    });
    await subscription.close();
    expect(daemon.inbox).toEqual([]);
  });

  it('persistent resolves at once and goes from life to life of its group', async () => {
    const { daemon, services, subscription, handle } = await subscribed({ persistent: true }, null);
    expect(subscription.view).toEqual({
      group: 'g',
      version: 0,
      fence: '',
      providers: [],
      labels: {},
    });
    expect(subscription.stateValue).toBeUndefined();
    const events = subscription[Symbol.asyncIterator]();
    daemon.send({ kind: 'snapshot', handle, snapshot: snapshot({ stateValue: bytes('one') }) });
    daemon.send({ kind: 'dissolved', handle, position: 9 });
    await daemon.handled(services);
    expect(subscription.view).toEqual({
      group: 'g',
      version: 0,
      fence: '',
      providers: [],
      labels: {},
    });
    expect(subscription.stateValue).toBeUndefined();
    const again = snapshot({ view: view(1, 3, 'n2/b'), position: 3 });
    daemon.send({ kind: 'snapshot', handle, snapshot: again });
    expect((await take(events, 3)).map((event) => event.type)).toEqual([
      'snapshot',
      'dissolved',
      'snapshot',
    ]);
    expect(subscription.view.providers).toEqual(['n2/b']);
    expect(subscription.stateValue).toBeUndefined();
    await daemon.handled(services);
  });

  it('close() ends running iterators at once and waits for the daemon, once', async () => {
    const { daemon, subscription, handle } = await subscribed();
    const events = subscription[Symbol.asyncIterator]();
    await take(events, 1);
    const waiting = events.next();
    daemon.send(approved(handle, 6));
    const closing = subscription.close();
    expect(subscription.close()).toBe(closing);
    expect(await waiting).toEqual({ done: true, value: undefined });
    daemon.done(await daemon.next('unsubscribe'));
    await closing;
    await subscription[Symbol.asyncDispose]();
    expect(await all(subscription)).toEqual([]);
  });

  it('ends with `removed` when the connection is lost or closed', async () => {
    const one = await subscribed();
    one.daemon.die();
    expect((await all(one.subscription)).at(-1)).toEqual({
      type: 'removed',
      group: 'g',
      position: 4,
      reason: 'connection-lost',
    });
    const other = await subscribed();
    const closing = other.services.close();
    other.daemon.done(await other.daemon.next('close'));
    await closing;
    expect((await all(other.subscription)).at(-1)).toMatchObject({ reason: 'quit' });
  });

  it('ends with `removed` when the service ends it', async () => {
    const { daemon, subscription, handle } = await subscribed();
    const removed = { kind: 'removed', handle, position: 9, reason: 'not-authorized' } as const;
    daemon.send({ ...removed, detail: 'revoked' });
    expect((await all(subscription)).at(-1)).toEqual({
      type: 'removed',
      group: 'g',
      position: 9,
      reason: 'not-authorized',
      detail: 'revoked',
    });
  });

  it('that is not consumed ends as overloaded', async () => {
    const { daemon, subscription, handle } = await subscribed();
    const lagging = subscription[Symbol.asyncIterator]();
    const value = new Uint8Array(1024 * 1024);
    for (let position = 6; position < 6 + 65; position += 1) {
      const protocol = { id: `7.${position}`, kind: 'state' } as const;
      const changed = { kind: 'approved', handle, position, protocol, phases: 0 } as const;
      daemon.send({ ...changed, state: { value } });
    }
    expect(await daemon.next('lagging')).toMatchObject({ handle, lagging: true });
    await daemon.next('unsubscribe');
    expect((await take(lagging, 100)).at(-1)).toMatchObject({
      type: 'removed',
      reason: 'overloaded',
    });
  });

  it('is withdrawn by its signal, and given up when accepted in spite of it', async () => {
    const { daemon, services } = await connected();
    const controller = new AbortController();
    const { signal } = controller;
    const one = services.subscribe('g', { signal });
    const other = services.subscribe('g', { signal });
    const first = await daemon.next('subscribe');
    const second = await daemon.next('subscribe');
    controller.abort();
    await daemon.next('withdraw');
    await daemon.next('withdraw');
    daemon.send(
      { kind: 'refused', request: first.request, code: 'ABORTED', text: 'withdrawn' },
      { kind: 'subscribed', request: second.request, handle: second.handle, snapshot: snapshot() },
    );
    await expect(one).rejects.toBeInstanceOf(AbortedError);
    daemon.done(await daemon.next('unsubscribe'));
    await expect(other).rejects.toBeInstanceOf(AbortedError);
  });

  it.each([
    ['group', {}, '$x'],
    ['membership', { membership: 1 as never }, 'g'],
    ['state', { state: 'yes' as never }, 'g'],
    ['persistent', { persistent: null as never }, 'g'],
    ['timeout', { timeout: -5 }, 'g'],
    ['onError', { onError: 1 as never }, 'g'],
    ['signal', { signal: 1 as never }, 'g'],
  ])('rejects a wrong %s', async (argument, options: SubscribeOptions, group) => {
    const { services } = await connected();
    const error = await services.subscribe(group, options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument });
  });
});
