import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { NodeName } from '@group-services/core';
import { encodeHandshake, joinFrame } from '@group-services/wire';
import { expect, onTestFinished } from 'vitest';
import { eventually } from './harness/eventually.js';
import { RawConnection } from './harness/raw-connection.js';
import { test } from './harness/test.js';

/** A name server that answers when the test wants it to. */
async function lateNameServer() {
  const asked: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => void asked.push(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of asked) socket.destroy();
    server.close();
  });
  return { address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** REFUSE: this daemon's clock is behind an earlier start of its node. */
function outdated(incarnationFloor: number): Uint8Array {
  const text = 'a higher incarnation was seen';
  const refuse = { kind: 'refuse', code: 'superseded', text, incarnationFloor } as const;
  const body = joinFrame(encodeHandshake(refuse));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Who connects is in a queue of the kernel at first: who came before another that has an answer is out of it. */
async function isTakenFrom(address: string): Promise<void> {
  const later = await RawConnection.open(address);
  await later.greet({ domain: 'elsewhere' });
  later.close();
}

test('a daemon that begins again refuses who was connected and says HELLO only then', async ({
  prepareDomain,
}) => {
  const { address, asked } = await lateNameServer();
  const n1 = prepareDomain({ nodes: [] }).daemon('n1');
  await n1.start('--name-server', address);
  await eventually('n1 asks the name server', () => asked.length === 1);
  const peer = await RawConnection.open(n1.listen);
  const client = await RawConnection.open(n1.endpoint);
  await Promise.all([n1.listen, n1.endpoint].map(isTakenFrom));
  asked[0]?.end(outdated(Date.now() + 3_600_000));
  await eventually('n1 has begun again', () => asked.length === 2);
  const stopping = { kind: 'refuse', code: 'stopping', text: 'this daemon is stopping' };
  const node = 'n2' as NodeName;
  expect(await peer.greet({ role: 'daemon', node, incarnation: 1 })).toMatchObject(stopping);
  expect(await client.greet({ domain: '*' })).toMatchObject(stopping);
  await Promise.all([peer.closed(), client.closed()]);
  // And the daemon that is there now takes them.
  const again = await RawConnection.open(n1.listen);
  const taken = await again.greet({ role: 'daemon', node, incarnation: 1 });
  expect(taken).toMatchObject({ kind: 'welcome' });
  again.close();
});
