import { describe, expect, it } from 'vitest';
import {
  type Codec,
  defineGroup,
  InvalidArgumentError,
  type StandardSchema,
} from '../src/index.js';
import { all, bytes, FakeDaemon, joinedProvider, snapshot, take, textOf } from './fake-daemon.js';

function schema<I, O = I>(validate: (value: unknown) => unknown): StandardSchema<I, O> {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

/** Takes a text of digits and gives a number, so that input and output differ. */
const count = schema<string, number>((value) =>
  typeof value === 'string' && /^\d+$/.test(value)
    ? { value: Number(value) }
    : { issues: [{ message: 'not a count', path: ['total', { key: 0 }] }] },
);

const point = schema<{ x: number }>((value) =>
  typeof value === 'object' && value !== null && 'x' in value && typeof value.x === 'number'
    ? { value: { x: value.x } }
    : { issues: [{ message: 'not a point' }] },
);

const tally = defineGroup({ name: 'tally', state: count, message: point });

async function joined(stateValue: Uint8Array | null = null) {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const errors: Error[] = [];
  const more = {
    onError: (error: Error) => errors.push(error),
    snapshot: snapshot({ stateValue }),
  };
  return { daemon, services, errors, ...(await joinedProvider(daemon, services, tally, more)) };
}

function state(handle: number, position: number, value: Uint8Array) {
  const protocol = { id: `7.${position}`, kind: 'state', proposer: 'n1/a' } as const;
  return { kind: 'approved', handle, position, protocol, phases: 0, state: { value } } as const;
}

describe('a typed group', () => {
  it('sends the input as JSON and hands out the output', async () => {
    const { daemon, provider, handle } = await joined(bytes('"41"'));
    expect(provider.stateValue).toBe(41);
    const changing = provider.changeState('42');
    const { request, proposed } = await daemon.next('propose');
    expect(proposed.kind === 'state' && textOf(proposed.value)).toBe('"42"');
    daemon.send({ ...state(handle, 6, bytes('"42"')), request });
    expect((await changing).stateValue).toBe(42);
    void provider.send({ x: 1 }).catch(() => {});
    const { payload } = await daemon.next('send');
    expect(textOf(payload)).toBe('{"x":1}');
    daemon.send({ kind: 'message', handle, position: 7, from: 1, request: 0, payload });
    const events = await take(provider[Symbol.asyncIterator](), 3);
    expect(events[0]).toMatchObject({ type: 'snapshot', stateValue: 41 });
    expect(events[1]).toMatchObject({ type: 'state', stateValue: 42, previous: 41 });
    expect(events[2]).toMatchObject({ type: 'message', message: { x: 1 } });
  });

  it('rejects what does not fit before anything leaves the process', async () => {
    const { daemon, provider } = await joined();
    const error = await provider.changeState('x1').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({
      argument: 'stateValue',
      message: 'stateValue does not fit the schema of the group: total.0: not a count',
    });
    await expect(provider.send({} as never)).rejects.toMatchObject({ argument: 'message' });
    expect(daemon.inbox).toEqual([]);
  });

  it('reports what arrives and does not fit, with its bytes, and goes on', async () => {
    const { daemon, services, provider, handle, errors } = await joined(bytes('"1"'));
    const sending = provider.send({ x: 5 });
    const { request } = await daemon.next('send');
    const raw = bytes('{"y":1}');
    daemon.send(
      { kind: 'message', handle, position: 6, from: 1, request, payload: raw },
      state(handle, 7, bytes('not JSON')),
      state(handle, 8, bytes('"2"')),
    );
    expect((await sending).position).toBe(6);
    await daemon.handled(services);
    expect(errors.map((error) => error.message)).toEqual([
      'a message that arrived does not fit the schema of the group: not a point',
      'a stateValue that arrived cannot be decoded',
    ]);
    expect(errors[0]).toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'message', bytes: raw });
    const events = await take(provider[Symbol.asyncIterator](), 2);
    expect(events[1]).toMatchObject({ type: 'state', position: 8, stateValue: 2, previous: 1 });
  });

  it('compares by ifState the bytes that a value came from', async () => {
    const { daemon, provider, handle, services } = await joined(bytes(' "41" '));
    const before = provider.stateValue;
    void provider.changeState('1', { ifState: before }).catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ ifState: bytes(' "41" ') });
    daemon.send(state(handle, 6, bytes('"42"')));
    await daemon.handled(services);
    void provider.changeState('1', { ifState: before }).catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ ifState: bytes(' "41" ') });
    void provider.changeState('1', { ifState: '17' }).catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ ifState: bytes('"17"') });
    await expect(provider.changeState('1', { ifState: 99 })).rejects.toMatchObject({
      argument: 'ifState',
    });
  });

  it('remembers objects by identity', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const group = defineGroup({ name: 'points', state: point });
    const stateValue = bytes('{"z":0,"x":3}');
    const { provider } = await joinedProvider(daemon, services, group, {
      snapshot: snapshot({ stateValue }),
    });
    expect(provider.stateValue).toEqual({ x: 3 });
    const current = provider.stateValue;
    void provider.changeState({ x: 4 }, { ifState: current }).catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ ifState: stateValue });
    // The message of this definition has no schema, so it stays bytes.
    void provider.send(bytes('raw')).catch(() => {});
    expect(textOf((await daemon.next('send')).payload)).toBe('raw');
  });

  it('gives StateChangedError the typed value', async () => {
    const { daemon, provider } = await joined(bytes('"41"'));
    const changing = provider.changeState('1', { ifState: provider.stateValue });
    const { request } = await daemon.next('propose');
    const refused = { kind: 'refused', request, code: 'STATE_CHANGED', text: '' } as const;
    daemon.send({ ...refused, stateValue: bytes('"43"') });
    await expect(changing).rejects.toMatchObject({ stateValue: 43 });
  });

  it('uses the codec that it was given', async () => {
    const codec: Codec = {
      encode: (value) => bytes(`<${String(value)}>`),
      decode: (encoded) => textOf(encoded).slice(1, -1),
    };
    const group = defineGroup({ name: 'coded', state: count, codec });
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services, group, {
      snapshot: snapshot({ stateValue: bytes('<7>') }),
    });
    expect(provider.stateValue).toBe(7);
    void provider.changeState('8').catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ value: bytes('<8>') });
  });

  it('is typed for subscriptions, too', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const subscribing = services.subscribe(tally);
    const { request, handle } = await daemon.next('subscribe');
    const given = snapshot({ stateValue: bytes('"5"') });
    daemon.send(
      { kind: 'subscribed', request, handle, snapshot: given },
      state(handle, 6, bytes('"6"')),
      { kind: 'dissolved', handle, position: 7 },
    );
    const events = await all(await subscribing);
    expect(events[1]).toMatchObject({ type: 'state', stateValue: 6, previous: 5 });
  });
});

describe('a definition that makes no sense', () => {
  const asynchronous = schema<string>(() => Promise.reject(new Error('too late')));
  const throwing = schema<string>(() => {
    throw new Error('bang');
  });
  const silent = schema<string>(() => undefined);

  it.each([
    ['an asynchronous schema', asynchronous, 'asynchronous'],
    ['a schema that throws', throwing, 'bang'],
    ['a schema without result', silent, 'gives no result'],
  ])('%s', async (_what, message, text) => {
    const group = defineGroup({ name: 'g', message });
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services, group);
    const error = await provider.send('x').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ message: expect.stringContaining(text) });
  });

  it.each([
    ['no options at all', undefined],
    ['no name', {}],
    ['a schema that is none', { name: 'g', state: {} }],
    ['a codec that is none', { name: 'g', state: count, codec: {} }],
    ['wrong attributes', { name: 'g', attributes: { nonsense: 1 } }],
  ])('rejects calls: %s', async (_what, options) => {
    const group = defineGroup(options as never);
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    await expect(services.join(group)).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it('rejects what cannot be encoded', async () => {
    const anything = schema<unknown>((value) => ({ value }));
    const group = defineGroup({ name: 'g', message: anything });
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services, group);
    await expect(provider.send(undefined)).rejects.toMatchObject({ argument: 'message' });
    await expect(provider.send(1n)).rejects.toMatchObject({ argument: 'message' });
    const bad = defineGroup({
      name: 'g',
      message: anything,
      codec: { encode: () => 'text' as never, decode: () => null },
    });
    const other = await joinedProvider(daemon, services, bad);
    await expect(other.provider.send(1)).rejects.toMatchObject({ argument: 'message' });
  });
});
