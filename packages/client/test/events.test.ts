import type { ToClient } from '@group-services/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProviderEvent } from '../src/index.js';
import {
  all,
  bytes,
  change,
  FakeDaemon,
  joinedProvider,
  snapshot,
  take,
  view,
} from './fake-daemon.js';

async function joined(onError?: (error: Error) => void) {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const given = snapshot({ view: view(1, 5, 'n1/a', 'n3/c') });
  const more = { snapshot: given, ...(onError === undefined ? {} : { onError }) };
  return { daemon, services, ...(await joinedProvider(daemon, services, 'g', more)) };
}

function message(handle: number, position: number, payload = bytes(`m${position}`)): ToClient {
  return { kind: 'message', handle, position, from: 1, request: 0, payload };
}

/** One protocol that changes everything at once. */
function everything(handle: number, position: number): ToClient {
  return {
    kind: 'approved',
    handle,
    position,
    protocol: { id: `7.${position}`, kind: 'join', proposer: 'n2/b' },
    phases: 0,
    attributes: {
      attributes: {
        joinPhases: 1,
        failurePhases: 1,
        batch: 'none',
        batchWindow: 1,
        defaultVote: 'reject',
        timeLimit: 1,
        maxPhases: 0,
        contention: 'queue',
        joinersVote: true,
        delivery: 'safe',
        unresponsive: 'announce',
      },
      changed: ['batchWindow', 'timeLimit'],
    },
    membership: change(2, position, {
      joined: ['n2/b'],
      left: [{ provider: 'n3/c', reason: 'expel', detail: 'slow' }],
    }),
    state: { value: bytes('new') },
  };
}

describe('events', () => {
  it('of one protocol come in order, share its position and have all their fields', async () => {
    const { daemon, provider, handle } = await joined();
    daemon.send(everything(handle, 6));
    const events = await take(provider[Symbol.asyncIterator](), 4);
    const protocol = { id: '7.6', kind: 'join', proposer: 'n2/b' };
    const base = { group: 'g', position: 6, protocol };
    expect(events.slice(1)).toEqual([
      {
        type: 'attributes',
        ...base,
        attributes: provider.attributes,
        changed: ['batchWindow', 'timeLimit'],
      },
      {
        type: 'membership',
        ...base,
        view: provider.view,
        joined: ['n2/b'],
        left: [{ provider: 'n3/c', reason: 'expel', detail: 'slow' }],
      },
      { type: 'state', ...base, stateValue: bytes('new'), previous: undefined },
    ]);
    expect(provider.attributes.batchWindow).toBe(1);
  });

  it('find the fields up to date, all of them', async () => {
    const { daemon, services, provider, handle } = await joined();
    const seen: unknown[] = [];
    const look = (event: ProviderEvent): void =>
      void seen.push([
        event.type,
        provider.attributes.batchWindow,
        provider.view.version,
        provider.stateValue,
      ]);
    provider.on('attributes', look);
    provider.on('membership', look);
    provider.on('state', look);
    daemon.send(everything(handle, 6));
    await daemon.handled(services);
    expect(seen).toEqual([
      ['attributes', 1, 2, bytes('new')],
      ['membership', 1, 2, bytes('new')],
      ['state', 1, 2, bytes('new')],
    ]);
  });

  it('of messages name the sender and a protocol of their own', async () => {
    const { daemon, provider, handle } = await joined();
    daemon.send(message(handle, 6));
    const [, event] = await take(provider[Symbol.asyncIterator](), 2);
    expect(event).toEqual({
      type: 'message',
      group: 'g',
      position: 6,
      protocol: { id: '7.6', kind: 'message', proposer: 'n1/a' },
      from: 'n1/a',
      message: bytes('m6'),
    });
    if (event?.type === 'message') expect(event.message.constructor).toBe(Uint8Array);
  });

  it('from nobody that is listed end the connection', async () => {
    const { daemon, services, handle } = await joined();
    daemon.send({ kind: 'message', handle, position: 6, from: 9, request: 0, payload: bytes('') });
    await expect(services.closed).resolves.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it.each<[string, Parameters<typeof change>[2]]>([
    ['somebody left who was not there', { left: [{ provider: 'n4/d', reason: 'leave' }] }],
    ['somebody joined who was there', { joined: ['n3/c'] }],
  ])('that cannot follow the list end the connection: %s', async (_what, given) => {
    const { daemon, services, handle } = await joined();
    const membership = change(2, 6, given);
    const protocol = { id: '7.6', kind: 'join' } as const;
    daemon.send({ kind: 'approved', handle, position: 6, protocol, phases: 0, membership });
    await expect(services.closed).resolves.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('stop with `removed`, and iterators end normally', async () => {
    const { daemon, provider, handle } = await joined();
    const early = provider[Symbol.asyncIterator]();
    const waiting = take(early, 3);
    const protocol = { id: '7.9', kind: 'expel', proposer: 'n2/b' } as const;
    daemon.send(
      { kind: 'removed', handle, position: 9, protocol, reason: 'expel', detail: 'why' },
      message(handle, 10),
    );
    const events = await waiting;
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'removed']);
    expect(events[1]).toEqual({
      type: 'removed',
      group: 'g',
      position: 9,
      protocol,
      reason: 'expel',
      detail: 'why',
    });
    expect(await all(provider)).toEqual([]);
    expect(await early.next()).toEqual({ done: true, value: undefined });
    await expect(provider.leave()).rejects.toMatchObject({ code: 'REMOVED', reason: 'expel' });
  });
});

describe('iterators', () => {
  it('are independent: the first has all from the beginning, later ones what is new', async () => {
    const { daemon, services, provider, handle } = await joined();
    daemon.send(message(handle, 6));
    await daemon.handled(services);
    const first = provider[Symbol.asyncIterator]();
    const second = provider[Symbol.asyncIterator]();
    daemon.send(message(handle, 7));
    const positions = async (events: AsyncIterator<ProviderEvent>, count: number) =>
      (await take(events, count)).map((event) => event.position);
    expect(await positions(first, 3)).toEqual([5, 6, 7]);
    expect(await positions(second, 1)).toEqual([7]);
  });

  it('end alone by break, and the membership goes on', async () => {
    const { daemon, services, provider, handle } = await joined();
    for await (const event of provider) {
      expect(event.type).toBe('snapshot');
      break;
    }
    const next = provider[Symbol.asyncIterator]();
    daemon.send(message(handle, 6));
    expect((await take(next, 1))[0]?.position).toBe(6);
    await daemon.handled(services);
  });

  it('answer calls of next() in their order, also before there is an event', async () => {
    const { daemon, provider, handle } = await joined();
    const events = provider[Symbol.asyncIterator]();
    const calls = [events.next(), events.next(), events.next()];
    daemon.send(message(handle, 6), message(handle, 7));
    const results = await Promise.all(calls);
    expect(results.map((result) => result.value?.position)).toEqual([5, 6, 7]);
    const open = events.next();
    await events.return?.();
    expect(await open).toEqual({ done: true, value: undefined });
  });

  it('get a fresh snapshot when more than 1,024 events waited for the first of them', async () => {
    const { daemon, services, provider, handle } = await joined();
    for (let position = 6; position < 6 + 1023; position += 1) {
      daemon.send(message(handle, position));
    }
    daemon.send(everything(handle, 2000), message(handle, 2001));
    await daemon.handled(services);
    const events = await take(provider[Symbol.asyncIterator](), 5);
    expect(events.map((event) => [event.type, event.position])).toEqual([
      ['snapshot', 1028],
      ['attributes', 2000],
      ['membership', 2000],
      ['state', 2000],
      ['message', 2001],
    ]);
    expect(events[0]).toMatchObject({ view: { version: 1 }, stateValue: undefined });
  });

  it('get all of 1,024 events that waited', async () => {
    const { daemon, services, provider, handle } = await joined();
    for (let position = 6; position < 6 + 1023; position += 1) {
      daemon.send(message(handle, position));
    }
    await daemon.handled(services);
    const events = await take(provider[Symbol.asyncIterator](), 1024);
    expect(events[0]).toMatchObject({ type: 'snapshot', position: 5 });
    expect(events.at(-1)?.position).toBe(1028);
  });

  it('that lag 65,536 events end the membership as overloaded', async () => {
    const { daemon, provider, handle } = await joined();
    const pending = provider.send(bytes('x')).catch((error: unknown) => error);
    await daemon.next('send');
    const lagging = provider[Symbol.asyncIterator]();
    const empty = new Uint8Array();
    for (let position = 6; position < 6 + 65_536; position += 1) {
      daemon.send(message(handle, position, empty));
    }
    expect(await daemon.next('lagging')).toMatchObject({ handle, lagging: true });
    const goodbye = await daemon.next('goodbye');
    expect(goodbye.overloaded).toBe(true);
    expect(await pending).toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(provider.send(bytes('y'))).rejects.toMatchObject({ reason: 'overloaded' });
    daemon.done(goodbye);
    const events = await take(lagging, 70_000);
    expect(events.length).toBe(65_538);
    expect(events.at(-1)).toMatchObject({ type: 'removed', reason: 'overloaded' });
  });

  it('that lag 64 MiB end the membership as overloaded', async () => {
    const { daemon, provider, handle } = await joined();
    const lagging = provider[Symbol.asyncIterator]();
    const mebibyte = new Uint8Array(1024 * 1024);
    for (let position = 6; position < 6 + 65; position += 1) {
      daemon.send(message(handle, position, mebibyte));
    }
    expect(await daemon.next('lagging')).toMatchObject({ handle, lagging: true });
    await daemon.next('goodbye');
    expect((await take(lagging, 100)).at(-1)).toMatchObject({ reason: 'overloaded' });
  });
});

describe('on', () => {
  it('calls synchronously from now on, until removed', async () => {
    const { daemon, services, provider, handle } = await joined();
    const seen: number[] = [];
    const remove = provider.on('message', (event) => seen.push(event.position));
    provider.on('snapshot', () => seen.push(-1));
    daemon.send(message(handle, 6), message(handle, 7));
    await daemon.handled(services);
    remove();
    remove();
    daemon.send(message(handle, 8));
    await daemon.handled(services);
    expect(seen).toEqual([6, 7]);
  });

  it('calls each of several handlers, also one that is given twice', async () => {
    const { daemon, services, provider, handle } = await joined();
    let calls = 0;
    const count = (): void => {
      calls += 1;
    };
    const remove = provider.on('message', count);
    provider.on('message', count);
    daemon.send(message(handle, 6));
    await daemon.handled(services);
    expect(calls).toBe(2);
    remove();
    daemon.send(message(handle, 7));
    await daemon.handled(services);
    expect(calls).toBe(3);
  });

  it('reports what handlers throw or reject to onError, and goes on', async () => {
    const errors: Error[] = [];
    const { daemon, services, provider, handle } = await joined((error) => errors.push(error));
    provider.on('message', () => {
      throw new Error('thrown');
    });
    provider.on('message', (() => Promise.reject(new Error('rejected'))) as () => void);
    provider.on('message', 'nothing' as never);
    daemon.send(message(handle, 6));
    await daemon.handled(services);
    expect(errors.map((error) => error.message)).toEqual([
      'handler must be a function',
      'thrown',
      'rejected',
    ]);
  });

  it('makes process warnings of them without onError, or when onError throws itself', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const quiet = await joined();
    quiet.provider.on('message', () => {
      throw new Error('nobody hears');
    });
    quiet.daemon.send(message(quiet.handle, 6));
    await quiet.daemon.handled(quiet.services);
    const broken = await joined(() => {
      throw new Error('onError is broken');
    });
    broken.provider.on('message', () => {
      throw new Error('first');
    });
    broken.daemon.send(message(broken.handle, 6));
    await broken.daemon.handled(broken.services);
    expect(warnings).toEqual(['nobody hears', 'onError is broken', 'first']);
  });

  it('may act on the provider from within', async () => {
    const { daemon, provider, handle } = await joined();
    provider.on('message', () => void provider.goodbye());
    daemon.send(message(handle, 6));
    daemon.done(await daemon.next('goodbye'));
    const events = await all(provider);
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'message', 'removed']);
  });
});
