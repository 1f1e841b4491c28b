import { wireOffer } from '@group-services/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  AbortedError,
  ConnectFailedError,
  ConnectionLostError,
  connect,
  type GroupServices,
  IncompatibleError,
  InvalidArgumentError,
  NotAuthorizedError,
  TimeoutError,
  UnavailableError,
} from '../src/index.js';
import { all, FakeDaemon, joinedProvider, WELCOME } from './fake-daemon.js';

describe('connecting', () => {
  it('says HELLO as a client and learns node and admin endpoint', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect({ name: 'billing 1' });
    expect(daemon.hellos).toEqual([
      {
        kind: 'hello',
        magic: 'group-services',
        role: 'client',
        ...wireOffer(),
        domain: '*',
        name: 'billing 1',
      },
    ]);
    expect(services.node).toBe('n1');
    expect(services.admin).toBe('http://127.0.0.1:1');
  });

  it('is named after the program and its pid by default', async () => {
    const daemon = await FakeDaemon.start();
    await daemon.connect();
    expect(daemon.hellos[0]?.name).toMatch(new RegExp(` ${process.pid}$`));
  });

  it('takes the endpoint from the environment', async () => {
    vi.stubEnv('GROUP_SERVICES_ENDPOINT', 'unix:///nowhere/at/all.sock');
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await connect().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectFailedError);
    expect(error).toMatchObject({
      code: 'CONNECT_FAILED',
      endpoint: 'unix:///nowhere/at/all.sock',
      cause: { code: 'ENOENT' },
    });
  });

  it('uses a transport that it is given, by the scheme of the endpoint', async () => {
    const asked: string[] = [];
    const carrier = {
      scheme: 'carrier',
      addressForm: 'carrier://name',
      addressProblem: () => undefined,
      delivery: 'stream' as const,
      listen: () => Promise.reject(new Error('it only dials')),
      dial: (address: string) => {
        asked.push(address);
        return Promise.reject(new Error('no pigeon is free'));
      },
    };
    const dialled = connect({ endpoint: 'carrier://coop', transports: [carrier] });
    await expect(dialled).rejects.toThrow(
      new ConnectFailedError('cannot connect to carrier://coop: no pigeon is free', {
        endpoint: 'carrier://coop',
      }),
    );
    expect(asked).toEqual(['carrier://coop']);
    const withToken = connect({
      endpoint: 'carrier://coop',
      transports: [carrier],
      token: 'secret',
    });
    await expect(withToken).rejects.toThrow(/the token was not sent: carrier:\/\/coop/u);
    await expect(connect({ endpoint: 'carrier://coop' })).rejects.toThrow(InvalidArgumentError);
    expect(asked).toEqual(['carrier://coop']);
  });

  it.each([
    ['tcp', /transports must be a list/u],
    [[{ scheme: 'half' }], /transports\[0\] is no transport: it lacks addressForm/u],
  ])('says what is wrong with transports: %#', async (transports, why) => {
    const error = await connect({ transports: transports as never }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(why);
  });

  it('falls back to the usual socket', async () => {
    vi.stubEnv('GROUP_SERVICES_ENDPOINT', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await connect({ connectTimeout: 2000 }).then(
      (services: GroupServices) => services.close(),
      (e: unknown) => e,
    );
    // A daemon may really run here.
    if (error !== undefined) {
      expect(error).toMatchObject({ endpoint: 'unix:///run/group-services/gsd.sock' });
    }
  });

  it.each([
    ['wire-version', IncompatibleError, {}],
    ['NOT_AUTHORIZED', NotAuthorizedError, { action: 'connect' }],
    ['stopping', UnavailableError, { code: 'UNAVAILABLE' }],
  ] as const)('rejects when refused for %s', async (code, errorClass, fields) => {
    const daemon = await FakeDaemon.start();
    daemon.answer = { kind: 'refuse', code, text: 'no' };
    const error = await daemon.connect().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject(fields);
  });

  it('rejects as not authorized when asked for credentials', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = { kind: 'challenge', scheme: 'token', data: null };
    await expect(daemon.connect()).rejects.toBeInstanceOf(NotAuthorizedError);
  });

  it('rejects as incompatible when the daemon chose a wire version we do not speak', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = { ...WELCOME, wire: 9 } as typeof WELCOME;
    await expect(daemon.connect()).rejects.toBeInstanceOf(IncompatibleError);
  });

  it('says that something else answers', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = new TextEncoder().encode('HTTP/1.1 400 Bad Request');
    await expect(daemon.connect()).rejects.toThrow('is not a Group Services daemon');
  });

  it('gives up when the time is over, covering the handshake', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = undefined;
    const error = await daemon.connect({ connectTimeout: 20 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ milliseconds: 20 });
  });

  it('gives up when the signal aborts, with its reason as cause', async () => {
    const daemon = await FakeDaemon.start();
    daemon.answer = undefined;
    const controller = new AbortController();
    const connecting = daemon.connect({ signal: controller.signal });
    await daemon.hello();
    controller.abort('enough');
    const error = await connecting.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ cause: 'enough' });
    await expect(daemon.connect({ signal: controller.signal })).rejects.toBeInstanceOf(
      AbortedError,
    );
  });

  it('does not look at the signal any more once connected', async () => {
    const daemon = await FakeDaemon.start();
    const controller = new AbortController();
    const services = await daemon.connect({ signal: controller.signal });
    controller.abort();
    await daemon.handled(services);
  });

  it.each([
    ['endpoint', { endpoint: 'carrier-pigeon://x' }],
    ['endpoint', { endpoint: 'tls://host' }],
    ['endpoint', { endpoint: 'unix://relative' }],
    ['endpoint', { endpoint: `unix:///${'x'.repeat(200)}` }],
    ['token', { token: '' }],
    ['tls', { tls: { cert: 'half of it' } }],
    ['tls', { tls: { ca: 'nothing' } }],
    ['responsiveness', { responsiveness: 5 as never }],
    ['responsiveness.interval', { responsiveness: { interval: 0, timeout: 1 } }],
    ['responsiveness.timeout', { responsiveness: { interval: 1 } as never }],
    ['responsiveness.check', { responsiveness: { interval: 1, timeout: 1, check: 1 as never } }],
    ['connectTimeout', { connectTimeout: -1 }],
    ['keepAlive', { keepAlive: -1 }],
    ['name', { name: 'x'.repeat(300) }],
    ['onError', { onError: 7 as never }],
    ['signal', { signal: {} as never }],
  ] as const)('rejects a wrong %s', async (argument, options) => {
    const error = await connect(options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', argument });
  });

  it('says how long the path of a socket may be', async () => {
    const connecting = connect({ endpoint: `unix:///${'x'.repeat(200)}` });
    await expect(connecting).rejects.toThrow(/has 201 bytes, at most 10\d are possible/);
  });
});

describe('the end of a connection', () => {
  it('is told by `closed`, as removal of every handle, and to pending promises', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services);
    const pending = provider.send(new Uint8Array(1));
    const goodbye = provider.goodbye();
    daemon.die();
    await expect(pending).rejects.toBeInstanceOf(ConnectionLostError);
    await expect(services.closed).resolves.toBeInstanceOf(ConnectionLostError);
    await goodbye;
    const events = await all(provider);
    expect(events.at(-1)).toEqual({
      type: 'removed',
      group: 'g',
      position: 5,
      reason: 'connection-lost',
    });
    await expect(services.join('g')).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(provider.send(new Uint8Array(1))).rejects.toMatchObject({
      code: 'REMOVED',
      reason: 'connection-lost',
    });
    await services.close();
    await provider.goodbye();
  });

  it('by close() ends memberships with reason `quit` once the daemon has confirmed', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider } = await joinedProvider(daemon, services);
    const reasons: string[] = [];
    provider.on('removed', (event) => reasons.push(event.reason));
    const closing = services.close();
    expect(services.close()).toBe(closing);
    await expect(services.groups()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    const close = await daemon.next('close');
    expect(reasons).toEqual([]);
    daemon.done(close);
    await closing;
    expect(reasons).toEqual(['quit']);
    await expect(services.closed).resolves.toBeUndefined();
  });

  it('is the same by asynchronous disposal', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const disposing = services[Symbol.asyncDispose]();
    daemon.done(await daemon.next('close'));
    await disposing;
    await expect(services.closed).resolves.toBeUndefined();
  });

  it('in the middle of close() is an end as good as any', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const closing = services.close();
    await daemon.next('close');
    daemon.die();
    await closing;
    await expect(services.closed).resolves.toBeUndefined();
  });

  it('comes when the daemon sends a frame that makes no sense', async () => {
    const daemon = await FakeDaemon.start();
    const errors: Error[] = [];
    const services = await daemon.connect({ onError: (error) => errors.push(error) });
    daemon.sendBytes(new Uint8Array([0x01, 0xc1, 0xc1]));
    const reason = await services.closed;
    expect(reason).toBeInstanceOf(ConnectionLostError);
    expect(reason?.cause).toBe(errors[0]);
  });

  it('tells the reason that the daemon gave', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    daemon.send({ kind: 'closing', why: 'it is stopping' });
    await daemon.handled(services);
    daemon.die();
    const reason = await services.closed;
    expect(reason?.message).toBe('the daemon closed the connection: it is stopping');
  });

  it('does not come from frames that only newer daemons send', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    daemon.sendBytes(new Uint8Array([0x77, 1, 2, 3]));
    daemon.send({ kind: 'reprieve', handle: 1 } as never);
    await daemon.handled(services);
  });

  it('comes when an answer does not belong to its question', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const groups = services.groups();
    daemon.done(await daemon.next('groups'));
    await expect(groups).rejects.toBeInstanceOf(Error);
    await expect(services.closed).resolves.toBeInstanceOf(ConnectionLostError);
  });
});

describe('groups', () => {
  it('are sorted by name', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const listed = services.groups();
    const { request } = await daemon.next('groups');
    const group = (name: string) => ({ group: name, leader: 'n1', daemons: 1 });
    daemon.send({ kind: 'groups', request, groups: [group('b'), group('a'), group('Z')] });
    expect((await listed).map((summary) => summary.group)).toEqual(['Z', 'a', 'b']);
  });

  it('are asked for until all are there', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const listed = services.groups();
    const group = (name: string) => ({ group: name, leader: 'n1', daemons: 1 });
    const first = await daemon.next('groups');
    expect(first.after).toBeUndefined();
    const { request } = first;
    daemon.send({ kind: 'groups', request, groups: [group('a'), group('b')], more: true });
    const second = await daemon.next('groups');
    expect(second.after).toBe('b');
    daemon.send({ kind: 'groups', request: second.request, groups: [group('c')] });
    expect((await listed).map((summary) => summary.group)).toEqual(['a', 'b', 'c']);
  });

  it('nodes come whole too, the oldest in front', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const listed = services.nodes();
    const node = (name: string, incarnation: number) => ({
      node: name,
      address: `tcp://${name}:7401`,
      incarnation,
      alive: true,
    });
    const { request } = await daemon.next('nodes');
    daemon.send({ kind: 'nodes', request, nodes: [node('a', 9), node('b', 7)], more: true });
    const second = await daemon.next('nodes');
    expect(second.after).toBe('b');
    daemon.send({ kind: 'nodes', request: second.request, nodes: [node('c', 8)] });
    expect((await listed).map((summary) => summary.node)).toEqual(['b', 'c', 'a']);
  });

  it('cannot be had without the name server', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const listed = services.groups();
    const { request } = await daemon.next('groups');
    daemon.send({ kind: 'refused', request, code: 'UNAVAILABLE', text: 'no name server' });
    await expect(listed).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'no name server' });
  });
});
