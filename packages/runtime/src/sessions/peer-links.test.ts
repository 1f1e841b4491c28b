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

function linksOver(transport: Transport) {
  const told: string[] = [];
  const links = new PeerLinks({
    transports: [transport],
    hello,
    dialTimeoutMs: 1000,
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

it('accuses nobody when this process itself has nothing left to dial with', async () => {
  const address = 'tcp://n2:1';
  const problem = new TransportError('exhausted', address, { message: 'none left' });
  const { links, told } = linksOver({ ...tcp(), dial: () => Promise.reject(problem) });
  links.probe(peer, address);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(told).toEqual([`failed ${address}: none left`]);
});
