import { Duplex } from 'node:stream';

import { describe, expect, it, vi } from 'vitest';

import { Recorder, turns } from './compliance/harness.js';
import { FrameSplitter } from './frame-splitter.js';
import { SocketLink } from './socket-link.js';

/** The operating system's side of a socket: takes writes one at a time, when it is told to. */
class FakeSocket extends Duplex {
  /** Bytes of each call that would be one system call. */
  readonly writes: Buffer[] = [];
  #done: (() => void)[] = [];

  constructor() {
    super({ allowHalfOpen: false });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk);
    this.#done.push(done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    this.#done.push(done);
  }

  async takeWrite(): Promise<void> {
    for (const done of this.#done.splice(0)) done();
    await turns(1);
  }
}

function linkOver(socket: FakeSocket, highWaterMark = 1000) {
  const events = new Recorder();
  const abort = (): void => void socket.destroy();
  const link = new SocketLink(socket, { local: 'here', remote: 'there', abort, highWaterMark });
  link.begin(events);
  return { link, events };
}

function bytes(count: number): Uint8Array {
  return new Uint8Array(count).fill(count);
}

/** The first byte of each frame that was written. */
function written({ writes }: FakeSocket): (number | undefined)[] {
  const splitter = new FrameSplitter(1_000_000);
  splitter.push(Buffer.concat(writes));
  const kinds: (number | undefined)[] = [];
  for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) {
    kinds.push(frame[0]);
  }
  expect(splitter.isAtBoundary).toBe(true);
  return kinds;
}

async function takeAll(socket: FakeSocket): Promise<void> {
  let before = -1;
  while (before < socket.writes.length) {
    before = socket.writes.length;
    await socket.takeWrite();
  }
}

describe('SocketLink', () => {
  it('sends all frames of a turn in one write, after the turn', async () => {
    const socket = new FakeSocket();
    const { link } = linkOver(socket, 100_000);
    for (let i = 0; i < 100; i += 1) link.send({ head: bytes(10), tail: bytes(20) });
    expect(socket.writes).toEqual([]);
    await turns(1);
    expect(socket.writes.map((write) => write.length)).toEqual([100 * 34]);
  });

  it('sends copied frames and a large tail in one write', async () => {
    const socket = new FakeSocket();
    const { link } = linkOver(socket, 1_000_000);
    link.send({ head: bytes(10) });
    link.send({ head: bytes(10), tail: bytes(50_000) });
    link.send({ head: bytes(10) });
    await turns(1);
    expect(socket.writes.map((write) => write.length)).toEqual([50_042]);
  });

  it('writes much in pieces of 64 KiB, so that it shows when some of it is taken', async () => {
    const socket = new FakeSocket();
    const { link } = linkOver(socket, 1_000_000);
    link.send({ head: bytes(10), tail: bytes(100_000) });
    await turns(1);
    expect(socket.writes.map((write) => write.length)).toEqual([65_536]);
    expect(link.bufferedBytes).toBe(100_014);
    await socket.takeWrite();
    expect(socket.writes.map((write) => write.length)).toEqual([65_536, 100_014 - 65_536]);
    expect(link.bufferedBytes).toBe(100_014 - 65_536);
  });

  it.each([
    { each: 100, count: 20_000, behind: 2 * 65_536 },
    { each: 20_000, count: 100, behind: 2 * 65_536 },
    { each: 700_000, count: 4, behind: 700_000 + 65_536 },
  ])(
    'lets what is urgent pass all but what has begun to leave, with frames of $each bytes',
    async ({ each, count, behind }) => {
      const socket = new FakeSocket();
      const { link } = linkOver(socket, 1_000_000);
      for (let i = 0; i < count; i += 1) link.send({ head: Buffer.alloc(each, 1) });
      await turns(1);
      link.send({ head: Buffer.alloc(30, 2), urgent: true });
      link.send({ head: Buffer.alloc(30, 3), urgent: true });
      const buffered = link.bufferedBytes;
      await takeAll(socket);
      const kinds = written(socket);
      expect(kinds).toHaveLength(count + 2);
      const at = kinds.indexOf(2);
      expect(at * (each + 4)).toBeLessThanOrEqual(behind + each + 4);
      expect(kinds.indexOf(3)).toBe(at + 1);
      expect([buffered, link.bufferedBytes]).toEqual([count * (each + 4) + 68, 0]);
    },
  );

  it('drops no part of a frame that has begun to leave when it closes with a last one', async () => {
    const socket = new FakeSocket();
    const { link } = linkOver(socket, 1_000_000);
    for (let i = 0; i < 100; i += 1) link.send({ head: Buffer.alloc(30_001, 1) });
    link.send({ head: Buffer.alloc(100_000, 1) });
    await turns(1);
    link.send({ head: Buffer.alloc(30, 2), urgent: true });
    link.closeWith({ head: Buffer.alloc(30, 3) });
    await takeAll(socket);
    const kinds = written(socket);
    expect(kinds.length).toBeLessThan(6);
    expect(kinds.at(-1)).toBe(3);
  });

  it('gathers what is sent during a write for the next one', async () => {
    const socket = new FakeSocket();
    const { link } = linkOver(socket);
    link.send({ head: bytes(6) });
    await turns(1);
    for (let i = 0; i < 3; i += 1) {
      link.send({ head: bytes(6) });
      await turns(1);
    }
    expect(socket.writes.map((write) => write.length)).toEqual([10]);
    await socket.takeWrite();
    expect(socket.writes.map((write) => write.length)).toEqual([10, 30]);
  });

  it('counts what the system has not taken, and reports the drain at half the mark', async () => {
    const socket = new FakeSocket();
    const { link, events } = linkOver(socket, 1000);
    expect(link.send({ head: bytes(596) })).toBe(true);
    await turns(1);
    expect(link.send({ head: bytes(396) })).toBe(true);
    expect(link.send({ head: bytes(196) })).toBe(false);
    expect(link.bufferedBytes).toBe(1200);
    await socket.takeWrite();
    expect(link.bufferedBytes).toBe(600);
    expect(events.drainCount).toBe(0);
    await socket.takeWrite();
    expect(link.bufferedBytes).toBe(0);
    expect(events.drainCount).toBe(1);
  });

  it('writes what is queued before it ends', async () => {
    const socket = new FakeSocket();
    const { link, events } = linkOver(socket);
    link.send({ head: bytes(6) });
    await turns(1);
    link.send({ head: bytes(16) });
    link.close();
    await socket.takeWrite();
    expect(socket.writes.map((write) => write.length)).toEqual([10, 20]);
    await socket.takeWrite();
    expect(socket.writableFinished).toBe(true);
    socket.push(null);
    expect(await events.closed()).toEqual({ kind: 'closed' });
  });

  it('waits a limited time for a peer that neither reads nor closes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { link, events } = linkOver(new FakeSocket());
      link.send({ head: bytes(6) });
      link.close();
      await turns(5);
      expect(events.reasons).toEqual([]);
      vi.advanceTimersByTime(3000);
      expect(await events.closed()).toEqual({ kind: 'closed' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reports a broken connection with its cause', async () => {
    const socket = new FakeSocket();
    const { events } = linkOver(socket);
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    socket.destroy(cause);
    const reason = await events.closed();
    expect(reason).toMatchObject({ kind: 'failed', error: { code: 'broken', cause } });
  });
});
