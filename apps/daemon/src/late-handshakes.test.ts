import type { NodeName } from '@group-services/core';
import { createLogger, dialSession, Intake, Traffic } from '@group-services/runtime';
import type { Link, LinkHandlers } from '@group-services/transport';
import { MemoryNetwork } from '@group-services/transport/memory';
import { type Hello, LIMITS, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it } from 'vitest';
import { ClientLinks } from './client-links.js';
import { paceOf } from './client-pace.js';
import type { DaemonHello } from './hello.js';
import { PeerAcceptor } from './peer-acceptor.js';
import { Limits } from './security/limits.js';
import { Tracing } from './tracing.js';

/**
 * A daemon that begins again closes all its links, and its process lives on. Whoever was connected by
 * then, but had not said HELLO, must not be welcomed by what is no longer there: nobody would ever
 * answer it, or close its link.
 */

const hello: DaemonHello = {
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
const logger = createLogger({ name: 'gsd', pretty: false, destination: { write: () => {} } });
const intake = new Intake(() => ({ backlog: 0, delayMs: 0 }));

/** Connects, has everything closed, and only then says HELLO; answers with what comes of it. */
async function greetLate(
  acceptor: (link: Link) => LinkHandlers,
  closeAll: () => void,
  late: Hello,
): Promise<unknown> {
  const network = new MemoryNetwork();
  let accepted: () => void = () => {};
  const connected = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  const accept = (link: Link): LinkHandlers => {
    accepted();
    return acceptor(link);
  };
  await network.transport().listen('memory://daemon', accept);
  const dialler = network.transport();
  return await dialSession({
    transport: {
      ...dialler,
      dial: async (...dial) => {
        const link = await dialler.dial(...dial);
        await connected;
        closeAll();
        return link;
      },
    },
    address: 'memory://daemon',
    hello: late,
    opened: () => ({ onFrame: () => {}, onClose: () => {} }),
  }).then(
    () => 'welcomed',
    (error: unknown) => error,
  );
}

it('refuses a daemon that says HELLO when all links are closed', async () => {
  const inputs: unknown[] = [];
  const acceptor = new PeerAcceptor({
    self: { ...hello, node: 'n2' as NodeName, address: 'memory://daemon' },
    enqueue: (input) => inputs.push(input),
    intake,
    logger,
    heartbeatOf: () => {},
    traffic: new Traffic(),
    refused: () => {},
  });
  const outcome = await greetLate(acceptor.acceptor(), () => acceptor.closeAll(), hello);
  expect(outcome).toMatchObject({
    code: 'stopping',
    message: expect.stringContaining('this daemon is stopping'),
  });
  expect(inputs).toEqual([]);
});

it('refuses a process that says HELLO when all links are closed', async () => {
  const inputs: unknown[] = [];
  const clients = new ClientLinks({
    security: { tokens: undefined, limits: new Limits({ principals: [] }, () => false) },
    domain: 'default',
    offer: hello,
    node: 'n2',
    incarnation: 1,
    limits: LIMITS,
    pace: paceOf({ pressureMark: 1024, slowProcessTimeout: 10_000, clientBuffer: 1_000 }),
    enqueue: (input) => inputs.push(input),
    intake,
    logger,
    admin: () => undefined,
    tracing: new Tracing(() => 0),
    refused: () => {},
  });
  const late: Hello = { ...hello, role: 'client' };
  const outcome = await greetLate(clients.acceptor('host'), () => clients.closeAll(), late);
  expect(outcome).toMatchObject({
    code: 'stopping',
    message: expect.stringContaining('this daemon is stopping'),
  });
  expect(inputs).toEqual([]);
});
