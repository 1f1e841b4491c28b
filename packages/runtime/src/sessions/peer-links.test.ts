import { daemonId, type NodeName } from '@group-services/core';
import { type Transport, TransportError } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it, vi } from 'vitest';

import { PeerLinks } from './peer-links.js';

const hello: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  wire: { ...WIRE_VERSION },
  domain: 'default',
  node: 'n1' as NodeName,
  incarnation: 1,
  features: [],
};
const peer = daemonId('n2' as NodeName, 1);

function linksOver(transport: Transport, dialTimeoutMs = 1000) {
  const told: string[] = [];
  const links = new PeerLinks({
    transports: [transport],
    hello,
    dialTimeoutMs,
    events: {
      up: () => told.push('up'),
      closed: () => told.push('closed'),
      superseded: () => told.push('superseded'),
      unreachable: () => told.push('unreachable'),
      failed: (_peer, address, why) => told.push(`failed ${address}: ${why}`),
    },
  });
  return { links, told };
}

it('says why a peer is not reached, also one whose kind of address nobody here speaks', async () => {
  const { links, told } = linksOver(tcp());
  links.probe(peer, 'carrier://pigeon');
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told[0]).toMatch(/^failed carrier:\/\/pigeon: .*expected tcp:\/\//u);
  expect(told[1]).toBe('unreachable');
});

it.each([
  { code: 'exhausted' as const, what: 'this process itself has nothing left to dial with' },
  { code: 'timeout' as const, what: 'there was no answer in time, which may be our own fault' },
])('accuses nobody when $what', async ({ code, what }) => {
  const address = 'tcp://n2:1';
  const problem = new TransportError(code, address, { message: what });
  const { links, told } = linksOver({ ...tcp(), dial: () => Promise.reject(problem) });
  links.probe(peer, address);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told).toEqual([`failed ${address}: ${what}`]);
});

it('accuses nobody who has not answered HELLO in time: it may be busy', async () => {
  const silent = { onFrame: () => {}, onClose: () => {} };
  const listener = await tcp().listen('tcp://127.0.0.1:0', () => silent);
  // The limit is that of the answer alone: a busy machine takes longer than that to connect.
  const unhurried: Transport = {
    ...tcp(),
    dial: (address, handlers) => tcp().dial(address, handlers),
  };
  const { links, told } = linksOver(unhurried, 20);
  links.probe(peer, listener.address);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatch(/did not answer HELLO/u);
  await listener.close();
});
