import { describe, expect, it } from 'vitest';
import {
  AbortedError,
  AttributeMismatchError,
  DuplicateInstanceError,
  defineGroup,
  InvalidArgumentError,
  TimeoutError,
} from '../src/index.js';
import { all, FakeDaemon, joinedFrame, joinedProvider, snapshot, take } from './fake-daemon.js';

async function connected() {
  const daemon = await FakeDaemon.start();
  return { daemon, services: await daemon.connect() };
}

describe('join', () => {
  it('asks the daemon and gives a provider with its fields', async () => {
    const { daemon, services } = await connected();
    const joining = services.join('billing', {
      instance: 'main',
      attributes: { version: '2', defaultVote: 'approve', ...{ timeLimit: undefined as never } },
      timeout: 0,
      vote: () => 'approve',
    });
    const join = await daemon.next('join');
    expect(join).toEqual({
      kind: 'join',
      request: 1,
      handle: 1,
      group: 'billing',
      instance: 'main',
      attributes: { version: '2', defaultVote: 'approve' },
      timeout: 0,
    });
    daemon.send(joinedFrame(join));
    const provider = await joining;
    expect(provider.id).toBe('n1/a');
    expect(provider.group).toBe('billing');
    expect(provider.view).toEqual({
      group: 'billing',
      version: 1,
      fence: '0000000000000007-0000000000000005',
      providers: ['n1/a'],
      labels: {},
    });
    expect(provider.isOldest).toBe(true);
    expect(provider.stateValue).toBeUndefined();
    expect(provider.attributes).toEqual({
      version: undefined,
      joinPhases: 1,
      failurePhases: 1,
      batch: 'none',
      batchWindow: 50,
      defaultVote: 'reject',
      timeLimit: 30_000,
      maxPhases: 0,
      contention: 'queue',
      joinersVote: true,
      delivery: 'safe',
      unresponsive: 'announce',
    });
    expect(Object.keys(provider.attributes)).toContain('version');
    expect(Object.isFrozen(provider.view)).toBe(true);
    expect(Object.isFrozen(provider.view.providers)).toBe(true);
  });

  it('waits 30 seconds unless told otherwise', async () => {
    const { daemon, services } = await connected();
    void services.join('g').catch(() => {});
    expect(await daemon.next('join')).toMatchObject({ timeout: 30_000 });
  });

  it('twice gives two providers', async () => {
    const { daemon, services } = await connected();
    const one = await joinedProvider(daemon, services);
    const other = await joinedProvider(daemon, services);
    expect(one.handle).not.toBe(other.handle);
    expect(one.provider).not.toBe(other.provider);
  });

  it('begins with a snapshot that stands for it', async () => {
    const { daemon, services } = await connected();
    const { provider } = await joinedProvider(daemon, services);
    const [first] = await take(provider[Symbol.asyncIterator](), 1);
    expect(first).toEqual({
      type: 'snapshot',
      group: 'g',
      position: 5,
      protocol: { id: '7.5', kind: 'join', proposer: 'n1/a' },
      view: provider.view,
      stateValue: undefined,
    });
  });

  it('misses no event that arrives together with its answer', async () => {
    const { daemon, services } = await connected();
    const joining = services.join('g');
    const join = await daemon.next('join');
    const protocol = { id: '7.6', kind: 'state', proposer: 'n1/a' } as const;
    daemon.send(joinedFrame(join), {
      kind: 'approved',
      handle: join.handle,
      position: 6,
      protocol,
      phases: 0,
      state: { value: new Uint8Array([1]) },
    });
    const provider = await joining;
    const events = await take(provider[Symbol.asyncIterator](), 2);
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'state']);
  });

  it('rejects with every difference of the attributes', async () => {
    const { daemon, services } = await connected();
    const joining = services.join('g', { attributes: { batchWindow: 1 } });
    const { request } = await daemon.next('join');
    const differences = [{ attribute: 'batchWindow', given: 1, group: 50 }];
    daemon.send({
      kind: 'refused',
      request,
      code: 'ATTRIBUTE_MISMATCH',
      text: 'batchWindow differs',
      differences,
    });
    const error = await joining.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AttributeMismatchError);
    expect(error).toMatchObject({ differences, message: 'batchWindow differs' });
  });

  it('rejects when the instance is in use', async () => {
    const { daemon, services } = await connected();
    const joining = services.join('g', { instance: 'x' });
    const { request } = await daemon.next('join');
    daemon.send({ kind: 'refused', request, code: 'DUPLICATE_INSTANCE', text: 'in use' });
    const error = await joining.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DuplicateInstanceError);
    expect(error).toMatchObject({ instance: 'x' });
  });

  it('rejects when the time is over', async () => {
    const { daemon, services } = await connected();
    const joining = services.join('g', { timeout: 40 });
    const { request } = await daemon.next('join');
    daemon.send({ kind: 'refused', request, code: 'TIMEOUT', text: 'no leader in time' });
    const error = await joining.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ milliseconds: 40 });
  });

  it('is withdrawn by its signal', async () => {
    const { daemon, services } = await connected();
    const controller = new AbortController();
    const joining = services.join('g', { signal: controller.signal });
    const { request } = await daemon.next('join');
    controller.abort('changed my mind');
    expect(await daemon.next('withdraw')).toEqual({ kind: 'withdraw', target: request });
    daemon.send({ kind: 'refused', request, code: 'ABORTED', text: 'withdrawn' });
    const error = await joining.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ cause: 'changed my mind' });
  });

  it('that was approved in spite of its signal says goodbye at once', async () => {
    const { daemon, services } = await connected();
    const controller = new AbortController();
    const joining = services.join('g', { signal: controller.signal });
    const join = await daemon.next('join');
    controller.abort();
    await daemon.next('withdraw');
    daemon.send(joinedFrame(join));
    const goodbye = await daemon.next('goodbye');
    expect(goodbye.handle).toBe(join.handle);
    daemon.done(goodbye);
    await expect(joining).rejects.toBeInstanceOf(AbortedError);
  });

  it('sends nothing when its signal has aborted before', async () => {
    const { daemon, services } = await connected();
    await expect(services.join('g', { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      AbortedError,
    );
    expect(daemon.inbox).toEqual([]);
  });

  it('is limited in number, and ended ones count no more', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = {
      kind: 'welcome',
      wire: 1,
      node: 'n1' as never,
      features: [],
      limits: { membershipsPerProcess: 1 },
    };
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services);
    await expect(services.join('g')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      limit: 'membershipsPerProcess',
    });
    const leaving = provider.goodbye();
    daemon.done(await daemon.next('goodbye'));
    await leaving;
    await joinedProvider(daemon, services);
  });

  it.each([
    ['group', undefined, '', {}],
    ['group', undefined, '$admin', {}],
    ['group', undefined, 'a\nb', {}],
    ['group', 'groupName', 'x'.repeat(256), {}],
    ['group', undefined, 7 as never, {}],
    ['instance', undefined, 'g', { instance: 'a/b' }],
    ['instance', undefined, 'g', { instance: '' }],
    ['instance', 'instance', 'g', { instance: 'x'.repeat(65) }],
    ['timeout', undefined, 'g', { timeout: Number.NaN }],
    ['vote', undefined, 'g', { vote: 'approve' as never }],
    ['onError', undefined, 'g', { onError: 1 as never }],
    ['signal', undefined, 'g', { signal: 1 as never }],
    ['options', undefined, 'g', 5 as never],
    ['attributes', undefined, 'g', { attributes: 1 as never }],
    ['attributes.colour', undefined, 'g', { attributes: { colour: 'red' } as never }],
    ['attributes.joinPhases', undefined, 'g', { attributes: { joinPhases: { exactly: 0 } } }],
    ['attributes.version', 'attributeValue', 'g', { attributes: { version: 'v'.repeat(1025) } }],
    ['attributes.timeLimit', undefined, 'g', { attributes: { timeLimit: -1 } }],
    ['attributes.batch', undefined, 'g', { attributes: { batch: 'all' as never } }],
    ['attributes.joinersVote', undefined, 'g', { attributes: { joinersVote: 1 as never } }],
  ])('rejects a wrong %s (limit %s)', async (argument, limit, group, options) => {
    const { daemon, services } = await connected();
    const error = await services.join(group, options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument, limit });
    expect(daemon.inbox).toEqual([]);
  });

  it('of a definition gives its attributes, and the options go before them', async () => {
    const { daemon, services } = await connected();
    const group = defineGroup({ name: 'g', attributes: { version: 1, batch: 'joins' } });
    void services.join(group, { attributes: { version: 2 } }).catch(() => {});
    expect(await daemon.next('join')).toMatchObject({
      group: 'g',
      attributes: { version: 2, batch: 'joins' },
    });
  });
});

describe('goodbye', () => {
  it('ends the membership when the daemon has confirmed, once', async () => {
    const { daemon, services } = await connected();
    const { provider, handle } = await joinedProvider(daemon, services);
    const leaving = provider.goodbye();
    expect(provider.goodbye()).toBe(leaving);
    await expect(provider.send(new Uint8Array())).rejects.toMatchObject({
      code: 'REMOVED',
      reason: 'goodbye',
    });
    const goodbye = await daemon.next('goodbye');
    expect(goodbye.handle).toBe(handle);
    daemon.done(goodbye);
    await leaving;
    expect(provider.isOldest).toBe(false);
    expect(provider.view.providers).toEqual(['n1/a']);
    const events = await all(provider);
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'removed']);
    expect(events[1]).toMatchObject({ reason: 'goodbye', position: 5 });
  });

  it('takes the `removed` of the daemon when that comes first', async () => {
    const { daemon, services } = await connected();
    const { provider, handle } = await joinedProvider(daemon, services);
    const leaving = provider.goodbye();
    const goodbye = await daemon.next('goodbye');
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel', detail: 'too late' });
    daemon.done(goodbye);
    await leaving;
    const events = await all(provider);
    expect(events.at(-1)).toEqual({
      type: 'removed',
      group: 'g',
      position: 9,
      reason: 'expel',
      detail: 'too late',
    });
  });

  it('of one who was removed already resolves', async () => {
    const { daemon, services } = await connected();
    const { provider, handle } = await joinedProvider(daemon, services);
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel' });
    await all(provider);
    await provider.goodbye();
    expect(daemon.inbox).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('holds the state value', async () => {
    const { daemon, services } = await connected();
    const value = new Uint8Array([1, 2]);
    const { provider } = await joinedProvider(daemon, services, 'g', {
      snapshot: snapshot({ stateValue: value }),
    });
    expect(provider.stateValue).toEqual(value);
  });
});
