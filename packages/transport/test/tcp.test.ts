import { connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { Recorder } from '../src/compliance/harness.js';
import { transportFor } from '../src/index.js';
import { MemoryNetwork } from '../src/memory.js';
import { tcp } from '../src/tcp.js';
import { unix } from '../src/unix.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Listens, and connects a bare socket that may write whatever it likes. */
async function rawPeer() {
  const events = new Recorder();
  const listener = await tcp().listen('tcp://127.0.0.1:0', () => events, { frameLimit: 1000 });
  const socket = connect(Number(listener.address.split(':').at(-1)), '127.0.0.1');
  // Being reset is what some of these peers deserve.
  socket.on('error', () => {});
  const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.resume();
  cleanups.push(
    () => void listener.close(),
    () => void socket.destroy(),
  );
  return { events, listener, socket, gone };
}

describe('tcp', () => {
  it('resolves port 0 and brackets IPv6 addresses', async () => {
    const listener = await tcp().listen('tcp://127.0.0.1:0', () => new Recorder());
    cleanups.push(() => void listener.close());
    expect(listener.address).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/u);
    const any = await tcp().listen('tcp://[::]:0', () => new Recorder());
    cleanups.push(() => void any.close());
    expect(any.address).toMatch(/^tcp:\/\/\[::\]:[1-9]\d*$/u);
  });

  it('names both ends', async () => {
    const { listener } = await rawPeer();
    const link = await tcp().dial(listener.address, new Recorder());
    cleanups.push(() => link.abort());
    expect(link.remote).toBe(listener.address);
    expect(link.local).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/u);
  });

  it('refuses an address of another machine', async () => {
    const attempt = tcp().listen('tcp://192.0.2.1:0', () => new Recorder());
    await expect(attempt).rejects.toMatchObject({ code: 'bad-address' });
  });

  it('gives up dialling after its time limit', async () => {
    const { listener } = await rawPeer();
    const events = new Recorder();
    const attempt = tcp().dial(listener.address, events, { timeoutMs: 1 });
    // The loop looks at timers before sockets: with it held up past the limit, the limit wins.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    await expect(attempt).rejects.toMatchObject({ code: 'timeout', address: listener.address });
    expect(events.reasons).toEqual([]);
  });

  it('closes on garbage, which reads as a huge length', async () => {
    const { events, socket, gone } = await rawPeer();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await events.closed()).toMatchObject({ kind: 'frame-too-large', limit: 1000 });
    await gone;
  });

  it('closes on an empty frame', async () => {
    const { events, socket, gone } = await rawPeer();
    socket.write(Buffer.from([0, 0, 0, 1, 7, 0, 0, 0, 0]));
    const reason = await events.closed();
    expect(reason).toMatchObject({ kind: 'failed', error: { code: 'malformed' } });
    expect(events.frames).toEqual([Buffer.from([7])]);
    await gone;
  });

  it('tells half a frame from an orderly end', async () => {
    const half = await rawPeer();
    half.socket.end(Buffer.from([0, 0, 0, 5, 1]));
    const reason = await half.events.closed();
    expect(reason).toMatchObject({ kind: 'failed', error: { code: 'malformed' } });

    const whole = await rawPeer();
    whole.socket.end(Buffer.from([0, 0, 0, 1, 1]));
    expect(await whole.events.closed()).toEqual({ kind: 'ended' });
  });

  it('notices a reset as a failure', async () => {
    const { events, socket } = await rawPeer();
    socket.write(Buffer.from([0, 0, 0, 1, 1]));
    await events.framesReach(1);
    socket.resetAndDestroy();
    const reason = await events.closed();
    expect(reason).toMatchObject({ kind: 'failed', error: { code: 'broken' } });
  });

  it('is cut off from a peer that never reads without holding others up', async () => {
    const accepted: Socket[] = [];
    const server: Server = createServer((socket) => void accepted.push(socket.pause()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(
      () => void server.close(),
      () => accepted.forEach((one) => void one.destroy()),
    );
    const info = server.address();
    const port = typeof info === 'object' ? info?.port : undefined;
    const events = new Recorder();
    const link = await tcp().dial(`tcp://127.0.0.1:${port}`, events, { highWaterMark: 1000 });
    while (link.send({ head: Buffer.alloc(100_000) })) await new Promise(setImmediate);
    link.abort();
    expect(await events.closed()).toEqual({ kind: 'closed' });
    expect(link.bufferedBytes).toBeGreaterThan(0);
  });
});

describe('transportFor', () => {
  const transports = [tcp(), unix(), new MemoryNetwork().transport()];

  it.each(['tcp://h:1', 'unix:///a', 'memory://n'])('finds the transport of %s', (address) => {
    expect(address.startsWith(`${transportFor(address, transports).scheme}:`)).toBe(true);
  });

  it('says which schemes there are', () => {
    expect(() => transportFor('udp://h:1', transports)).toThrow(
      /udp:\/\/h:1: expected tcp:\/\/… or unix:\/\/… or memory:\/\/…/u,
    );
  });
});
