import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unix } from '@group-services/transport/unix';
import {
  decodeFromClient,
  decodeHello,
  encodeHandshake,
  encodeToClient,
  isKeepAlive,
  sendsIn,
} from '@group-services/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../src/index.js';
import { all, joinedFrame, WELCOME } from './fake-daemon.js';

/** A daemon with one provider at most, which hears its own messages. */
async function echoing(transport: Transport, address: string): Promise<string> {
  let position = 5;
  const listener = await transport.listen(address, () => ({
    onFrame: (link, frame) => {
      if (decodeHello(frame).ok) {
        link.send(encodeHandshake(WELCOME));
        return;
      }
      if (isKeepAlive(frame)) return;
      const decoded = decodeFromClient(frame);
      if (!decoded.ok) throw new Error(decoded.error);
      const message = decoded.value;
      const sends = message.kind === 'bundle' ? sendsIn(message) : [message];
      if (message.kind === 'join') link.send(encodeToClient(joinedFrame(message)));
      for (const each of sends) {
        if (each.kind !== 'send') continue;
        const { handle, request, payload } = each;
        position += 1;
        link.send(encodeToClient({ kind: 'message', handle, position, from: 1, request, payload }));
      }
      if (message.kind === 'close') {
        link.send(encodeToClient({ kind: 'done', request: message.request }));
        link.close();
      }
    },
    onClose: () => {},
  }));
  onTestFinished(() => listener.close());
  return listener.address;
}

async function exchange(endpoint: string): Promise<void> {
  const services = await connect({ endpoint });
  const provider = await services.join('g');
  const sizes = [0, 1, 4000, 5000, 70_000, 1024 * 1024];
  const results = await Promise.all(
    sizes.map((size) => provider.send(new Uint8Array(size).fill(7))),
  );
  expect(results.map((result) => result.position)).toEqual([6, 7, 8, 9, 10, 11]);
  await services.close();
  const events = await all(provider);
  const messages = events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
  expect(messages.map((message) => message.length)).toEqual(sizes);
  expect(messages.every((message) => message.constructor === Uint8Array)).toBe(true);
  expect(messages.every((message) => message.every((byte) => byte === 7))).toBe(true);
  expect(events.at(-1)).toMatchObject({ type: 'removed', reason: 'quit' });
}

describe('over real sockets', () => {
  it('works by TCP', async () => {
    await exchange(await echoing(tcp(), 'tcp://127.0.0.1:0'));
  });

  it('works by a Unix socket', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gs-client-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    await exchange(await echoing(unix(), `unix://${directory}/gsd.sock`));
  });

  it('fails when nobody listens', async () => {
    const address = await echoing(tcp(), 'tcp://127.0.0.1:0');
    const free = await tcp().listen('tcp://127.0.0.1:0', () => ({
      onFrame: () => {},
      onClose: () => {},
    }));
    await free.close();
    expect(address).not.toBe(free.address);
    await expect(connect({ endpoint: free.address })).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      endpoint: free.address,
      cause: { code: 'ECONNREFUSED' },
    });
  });
});
