import type { NodeName } from '@group-services/core';
import { createLogger, dialSession, Intake } from '@group-services/runtime';
import type { Link, LinkHandlers } from '@group-services/transport';
import { MemoryNetwork } from '@group-services/transport/memory';
import { type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it } from 'vitest';

import { DaemonSessions } from './daemon-sessions.js';

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

it('refuses a daemon that says HELLO when all links are closed', async () => {
  const inputs: unknown[] = [];
  const sessions = new DaemonSessions({
    domain: 'default',
    welcome: { epoch: 1, limits: {} },
    offer: hello,
    incarnationOf: () => 0,
    supersededText: () => '',
    enqueue: (input) => inputs.push(input),
    intake: new Intake(() => ({ backlog: 0, delayMs: 0 })),
    isProtected: false,
    tlsOptional: false,
    refused: () => {},
    logger: createLogger({ name: 'gsns', pretty: false, destination: { write: () => {} } }),
  });
  const network = new MemoryNetwork();
  const acceptor = sessions.acceptor();
  const accept = (link: Link): LinkHandlers => {
    const handlers = acceptor(link);
    sessions.closeAll();
    return handlers;
  };
  await network.transport().listen('memory://ns', accept);
  const dialled = dialSession({
    transport: network.transport(),
    address: 'memory://ns',
    hello,
    opened: () => ({ onFrame: () => {}, onClose: () => {} }),
  });
  const text = expect.stringContaining('this name server is stopping');
  await expect(dialled).rejects.toMatchObject({ code: 'stopping', message: text });
  expect(inputs).toEqual([]);
});
