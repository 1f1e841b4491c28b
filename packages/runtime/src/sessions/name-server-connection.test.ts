import type { NodeName } from '@group-services/core';
import type { CloseReason, Link } from '@group-services/transport';
import { MemoryNetwork } from '@group-services/transport/memory';
import { type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it, vi } from 'vitest';
import { handshakeFrame } from './handshake-frame.js';
import { NameServerConnection } from './name-server-connection.js';

const hello: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  wire: { ...WIRE_VERSION },
  domain: 'default',
  node: 'n1' as NodeName,
  incarnation: 1,
  address: 'memory://n1',
  features: [],
};

it('takes no WELCOME that comes when it is closed, and leaves no link behind', async () => {
  const network = new MemoryNetwork();
  const greeted: Link[] = [];
  const closed: CloseReason[] = [];
  await network.transport().listen('memory://ns', () => ({
    onFrame: (link) => void greeted.push(link),
    onClose: (_link, reason) => void closed.push(reason),
  }));
  const told: string[] = [];
  const connection = new NameServerConnection({
    transports: [network.transport()],
    addresses: ['memory://ns'],
    hello,
    events: {
      up: () => told.push('up'),
      down: () => told.push('down'),
      failed: () => told.push('failed'),
      message: () => told.push('message'),
      refused: () => told.push('refused'),
    },
  });
  connection.start();
  await vi.waitFor(() => expect(greeted).toHaveLength(1));
  connection.close();
  const wire = WIRE_VERSION.max;
  greeted[0]?.send(handshakeFrame({ kind: 'welcome', wire, epoch: 1, features: [], limits: {} }));
  await vi.waitFor(() => expect(closed).toHaveLength(1));
  expect(told).toEqual([]);
});
