import { describe, expect, it } from 'vitest';
import {
  AbortedError,
  CollisionError,
  ConnectionLostError,
  InvalidArgumentError,
  OverloadedError,
  type Provider,
  RemovedError,
  StateChangedError,
  UnknownProviderError,
} from '../src/index.js';
import {
  all,
  bytes,
  change,
  FakeDaemon,
  joinedProvider,
  snapshot,
  textOf,
  view,
} from './fake-daemon.js';

async function joined() {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  return { daemon, services, ...(await joinedProvider(daemon, services)) };
}

describe('send', () => {
  it('gives the result after the event', async () => {
    const { daemon, provider, handle } = await joined();
    const order: string[] = [];
    provider.on('message', (event) => order.push(`event ${event.position}`));
    const sending = provider.send(bytes('hello')).then((result) => {
      order.push('result');
      return result;
    });
    const { request, safe, payload } = await daemon.next('send');
    expect(safe).toBe(false);
    expect(textOf(payload)).toBe('hello');
    daemon.send({ kind: 'message', handle, position: 8, from: 1, request, payload });
    expect(await sending).toEqual({
      outcome: 'approved',
      kind: 'message',
      phases: 0,
      position: 8,
      causes: [],
      stateValue: undefined,
      messages: [],
    });
    expect(order).toEqual(['event 8', 'result']);
  });

  it('can be safe', async () => {
    const { daemon, provider } = await joined();
    void provider.send(bytes('x'), { delivery: 'safe' }).catch(() => {});
    expect((await daemon.next('send')).safe).toBe(true);
  });

  it.each([10, 5000, 100_000])(
    'takes the bytes at the call, whatever is done to them after (%i bytes)',
    async (size) => {
      const { daemon, provider } = await joined();
      const message = Buffer.alloc(size, 1);
      void provider.send(message).catch(() => {});
      message.fill(2);
      const { payload } = await daemon.next('send');
      expect(payload.length).toBe(size);
      expect(payload.every((byte) => byte === 1)).toBe(true);
    },
  );

  it('is withdrawn by its signal before it starts, and gives its result after', async () => {
    const { daemon, provider, handle } = await joined();
    const controller = new AbortController();
    const first = provider.send(bytes('1'), { signal: controller.signal });
    const second = provider.send(bytes('2'), { signal: controller.signal });
    const one = await daemon.next('send');
    const two = await daemon.next('send');
    controller.abort('stop');
    expect((await daemon.next('withdraw')).target).toBe(one.request);
    expect((await daemon.next('withdraw')).target).toBe(two.request);
    daemon.send(
      { kind: 'refused', request: one.request, code: 'ABORTED', text: '' },
      { kind: 'message', handle, position: 6, from: 1, request: two.request, payload: bytes('2') },
    );
    const error = await first.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ cause: 'stop' });
    expect((await second).position).toBe(6);
  });

  it('listens to no signal any longer than needed', async () => {
    const { daemon, services, provider, handle } = await joined();
    const controller = new AbortController();
    const sending = provider.send(bytes('1'), { signal: controller.signal });
    const { request } = await daemon.next('send');
    daemon.send({ kind: 'message', handle, position: 6, from: 1, request, payload: bytes('1') });
    await sending;
    controller.abort();
    await daemon.handled(services);
    expect(daemon.inbox).toEqual([]);
  });

  it('rejects beyond what one process may have pending, and not before', async () => {
    const { provider } = await joined();
    const pending = Array.from({ length: 10_000 }, () => provider.send(new Uint8Array(1)));
    const error = await provider.send(new Uint8Array(1)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OverloadedError);
    expect(error).toMatchObject({ limit: 'pendingProposals' });
    for (const promise of pending) promise.catch(() => {});
  });

  it('rejects beyond 64 MiB pending', async () => {
    const { provider } = await joined();
    const mebibyte = new Uint8Array(1024 * 1024);
    const pending = Array.from({ length: 64 }, () => provider.send(mebibyte));
    await expect(provider.send(new Uint8Array(1))).rejects.toMatchObject({
      code: 'OVERLOADED',
      limit: 'pendingProposalBytes',
    });
    for (const promise of pending) promise.catch(() => {});
  });
});

it('send refuses a time limit that is none', async () => {
  const { provider } = await joined();
  await expect(provider.send(bytes('x'), { timeLimit: -1 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    argument: 'timeLimit',
  });
});

describe('changeState', () => {
  it('proposes the value and gives the state value after it', async () => {
    const { daemon, provider, handle } = await joined();
    const changing = provider.changeState(bytes('new'), { timeLimit: 5, ifState: null });
    const propose = await daemon.next('propose');
    expect(propose).toEqual({
      kind: 'propose',
      request: propose.request,
      handle,
      phases: 1,
      timeLimit: 5,
      proposed: { kind: 'state', value: bytes('new'), ifState: null },
    });
    daemon.send({
      kind: 'approved',
      handle,
      position: 6,
      protocol: { id: '7.6', kind: 'state', proposer: 'n1/a' },
      phases: 0,
      request: propose.request,
      state: { value: bytes('new') },
    });
    expect(await changing).toMatchObject({ kind: 'state', position: 6, stateValue: bytes('new') });
  });

  it('rejects when the state was another', async () => {
    const { daemon, provider } = await joined();
    const changing = provider.changeState(bytes('new'), { ifState: bytes('old') });
    const { request, proposed } = await daemon.next('propose');
    expect(proposed).toMatchObject({ ifState: bytes('old') });
    const stateValue = bytes('other');
    daemon.send({ kind: 'refused', request, code: 'STATE_CHANGED', text: 'changed', stateValue });
    const error = await changing.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StateChangedError);
    expect(error).toMatchObject({ stateValue });
  });

  it('carries its phases to the daemon, whose answer counts', async () => {
    const { daemon, provider } = await joined();
    const changing = provider.changeState(bytes('new'), { phases: { exactly: 2 } });
    const { request, phases } = await daemon.next('propose');
    expect(phases).toEqual({ exactly: 2 });
    const refused = { kind: 'refused', request, code: 'INVALID_ARGUMENT' } as const;
    daemon.send({ ...refused, text: 'no voting yet', argument: 'phases' });
    await expect(changing).rejects.toMatchObject({ argument: 'phases', message: 'no voting yet' });
  });
});

describe('other proposals', () => {
  it('expel, leave and changeAttributes say what is proposed', async () => {
    const { daemon, provider } = await joined();
    const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});
    ignore(provider.expel(['n2/b'], { reason: 'slow' }));
    expect((await daemon.next('propose')).proposed).toEqual({
      kind: 'expel',
      providers: ['n2/b'],
      reason: 'slow',
    });
    ignore(provider.leave());
    expect((await daemon.next('propose')).proposed).toEqual({ kind: 'leave' });
    ignore(provider.changeAttributes({ batchWindow: 7, version: undefined }));
    expect((await daemon.next('propose')).proposed).toEqual({
      kind: 'attributes',
      attributes: { batchWindow: 7 },
    });
  });

  it('leave resolves with its result after the removal was told', async () => {
    const { daemon, provider, handle } = await joined();
    const order: string[] = [];
    provider.on('removed', () => order.push('removed'));
    const leaving = provider.leave({ reason: 'done' }).then((result) => {
      order.push('result');
      return result;
    });
    const { request } = await daemon.next('propose');
    const protocol = { id: '7.9', kind: 'leave', proposer: 'n1/a' } as const;
    daemon.send({ kind: 'removed', handle, position: 9, protocol, reason: 'leave', request });
    expect(await leaving).toMatchObject({ outcome: 'approved', kind: 'leave', position: 9 });
    expect(order).toEqual(['removed', 'result']);
    const events = await all(provider);
    expect(events.at(-1)).toEqual({
      type: 'removed',
      group: 'g',
      position: 9,
      protocol,
      reason: 'leave',
    });
  });

  it('give the definite answers as errors', async () => {
    const { daemon, provider } = await joined();
    const expelling = provider.expel(['n2/b']);
    const expel = await daemon.next('propose');
    daemon.send({
      kind: 'refused',
      request: expel.request,
      code: 'UNKNOWN_PROVIDER',
      text: 'not listed',
      providers: ['n2/b'],
    });
    const error = await expelling.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnknownProviderError);
    expect(error).toMatchObject({ providers: ['n2/b'] });
    const leaving = provider.leave();
    const leave = await daemon.next('propose');
    daemon.send({ kind: 'refused', request: leave.request, code: 'COLLISION', text: 'busy' });
    await expect(leaving).rejects.toBeInstanceOf(CollisionError);
  });
});

describe('proposals of a provider that is removed', () => {
  it.each(['node-failure', 'group-lost', 'overloaded', 'connection-lost'] as const)(
    'have an unknown outcome after %s',
    async (reason) => {
      const { daemon, provider, handle } = await joined();
      const sending = provider.send(bytes('x'));
      await daemon.next('send');
      daemon.send({ kind: 'removed', handle, position: 9, reason });
      await expect(sending).rejects.toBeInstanceOf(ConnectionLostError);
    },
  );

  it('wait for the answer of the daemon otherwise', async () => {
    const { daemon, provider, handle } = await joined();
    const sending = provider.send(bytes('x'));
    const { request } = await daemon.next('send');
    daemon.send(
      { kind: 'removed', handle, position: 9, reason: 'expel' },
      { kind: 'refused', request, code: 'REMOVED', text: 'expelled' },
    );
    const error = await sending.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RemovedError);
    expect(error).toMatchObject({ reason: 'expel' });
  });
});

describe('wrong arguments', () => {
  const wrong: readonly (readonly [string, (provider: Provider) => Promise<unknown>])[] = [
    ['message', (p) => p.send('text' as never)],
    ['message', (p) => p.send(new Uint8Array(1024 * 1024 + 1))],
    ['delivery', (p) => p.send(bytes(''), { delivery: 'fast' as never })],
    ['phases', (p) => p.send(bytes(''), { phases: { exactly: 0 } })],
    ['timeLimit', (p) => p.send(bytes(''), { phases: 'voting', timeLimit: -1 })],
    ['phases', (p) => p.send(bytes(''), { phases: 2 as never })],
    ['signal', (p) => p.send(bytes(''), { signal: 2 as never })],
    ['options', (p) => p.send(bytes(''), 2 as never)],
    ['stateValue', (p) => p.changeState(new Uint8Array(64 * 1024 + 1))],
    ['stateValue', (p) => p.changeState(null as never)],
    ['ifState', (p) => p.changeState(bytes(''), { ifState: 'x' as never })],
    ['timeLimit', (p) => p.changeState(bytes(''), { timeLimit: Number.POSITIVE_INFINITY })],
    ['phases', (p) => p.changeState(bytes(''), { phases: { exactly: 1.5 } })],
    ['phases', (p) => p.barrier({ phases: 1 })],
    ['providerIds', (p) => p.expel([])],
    ['providerIds', (p) => p.expel(['n1/a'])],
    ['providerIds', (p) => p.expel(['n2/b', 'n2/b'])],
    ['providerIds', (p) => p.expel('n2/b' as never)],
    ['reason', (p) => p.expel(['n2/b'], { reason: 'é'.repeat(513) })],
    ['reason', (p) => p.leave({ reason: 5 as never })],
    ['attributes', (p) => p.changeAttributes(undefined as never)],
    ['attributes.delivery', (p) => p.changeAttributes({ delivery: 'quick' as never })],
  ];

  it.each(wrong)('%s (%#)', async (argument, call) => {
    const { daemon, provider } = await joined();
    const error = await call(provider).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument });
    expect(daemon.inbox).toEqual([]);
  });

  it('name the limit that was exceeded', async () => {
    const { provider } = await joined();
    const tooLong = provider.send(new Uint8Array(1024 * 1024 + 1));
    await expect(tooLong).rejects.toMatchObject({ limit: 'message' });
    const tooMuch = provider.changeState(new Uint8Array(64 * 1024 + 1));
    await expect(tooMuch).rejects.toMatchObject({ limit: 'stateValue' });
    const reason = provider.leave({ reason: 'x'.repeat(1025) });
    await expect(reason).rejects.toMatchObject({ limit: 'reason' });
  });

  it('follow the limits of the daemon', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = {
      kind: 'welcome',
      wire: 1,
      node: 'n1' as never,
      features: [],
      limits: { message: 4, stateValue: 2 },
    };
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services);
    await expect(provider.send(new Uint8Array(5))).rejects.toMatchObject({ limit: 'message' });
    await expect(provider.changeState(new Uint8Array(3))).rejects.toMatchObject({
      limit: 'stateValue',
    });
  });

  it('what is no provider id is not in the group', async () => {
    const { provider } = await joined();
    await expect(provider.expel(['nonsense'])).rejects.toMatchObject({
      code: 'UNKNOWN_PROVIDER',
      providers: ['nonsense'],
    });
  });
});

describe('isOldest', () => {
  it('follows the list', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const two = snapshot({ view: view(2, 5, 'n2/b', 'n1/a') });
    const { provider, handle } = await joinedProvider(daemon, services, 'g', { snapshot: two });
    expect(provider.isOldest).toBe(false);
    daemon.send({
      kind: 'approved',
      handle,
      position: 6,
      protocol: { id: '7.6', kind: 'failure' },
      phases: 0,
      membership: change(3, 6, { left: [{ provider: 'n2/b', reason: 'process-failure' }] }),
    });
    await daemon.handled(services);
    expect(provider.isOldest).toBe(true);
  });
});
