import type { NodeName } from '@group-services/core';
import type { NameServerInput } from '@group-services/name-server';
import { createLogger, dialSession, Intake } from '@group-services/runtime';
import type { Link, LinkHandlers } from '@group-services/transport';
import { MemoryNetwork } from '@group-services/transport/memory';
import { type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it } from 'vitest';

import { DaemonSessions } from './daemon-sessions.js';
import { FrontDoor, type FrontDoorOptions } from './front-door.js';

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

const logger = createLogger({ name: 'gsns', pretty: false, destination: { write: () => {} } });

/** Sessions of which an engine lets everybody in. */
function sessions(): { readonly sessions: DaemonSessions; readonly inputs: readonly unknown[] } {
  const inputs: NameServerInput[] = [];
  const made = new DaemonSessions({
    domain: 'default',
    welcome: { epoch: 1, limits: {} },
    offer: hello,
    incarnationOf: () => 0,
    supersededText: () => '',
    enqueue: (input) => {
      inputs.push(input);
      if (input.kind === 'knocked') queueMicrotask(() => made.admit(input.daemon));
    },
    intake: new Intake(() => ({ backlog: 0, delayMs: 0 })),
    isProtected: false,
    tlsOptional: false,
    logger,
  });
  return { sessions: made, inputs };
}

/** A daemon knocks; `knocked` happens between its link and its HELLO. */
async function knock(
  options: Pick<FrontDoorOptions, 'inside' | 'activeElsewhere'>,
  knocked: (door: FrontDoor) => void = () => {},
): Promise<Link> {
  const door = new FrontDoor({ ...options, logger, refused: () => {} });
  const network = new MemoryNetwork();
  const acceptor = door.acceptor();
  const accept = (link: Link): LinkHandlers => {
    const handlers = acceptor(link);
    knocked(door);
    return handlers;
  };
  await network.transport().listen('memory://ns', accept);
  return await dialSession({
    transport: network.transport(),
    address: 'memory://ns',
    hello,
    opened: () => ({ onFrame: () => {}, onClose: () => {} }),
  });
}

it('refuses a daemon that says HELLO when the door is closed', async () => {
  const { sessions: own, inputs } = sessions();
  const options = { inside: () => own, activeElsewhere: () => undefined };
  const text = expect.stringContaining('this name server is stopping');
  const dialled = knock(options, (door) => door.close());
  await expect(dialled).rejects.toMatchObject({ code: 'stopping', message: text });
  expect(inputs).toEqual([]);
});

it('takes a daemon in while it is active', async () => {
  const { sessions: own, inputs } = sessions();
  await knock({ inside: () => own, activeElsewhere: () => undefined });
  expect(inputs).toMatchObject([
    { kind: 'knocked', daemon: 'n1.1' },
    { kind: 'connected', daemon: 'n1.1' },
  ]);
});

it('says who is active while it is not', async () => {
  const known = { inside: () => undefined, activeElsewhere: () => 'tcp://ns2:7400' };
  const refused = { code: 'NOT_ACTIVE', active: 'tcp://ns2:7400' };
  await expect(knock(known)).rejects.toMatchObject(refused);
  const unknown = knock({ ...known, activeElsewhere: () => undefined });
  await expect(unknown).rejects.toMatchObject({ code: 'NOT_ACTIVE', active: undefined });
});
