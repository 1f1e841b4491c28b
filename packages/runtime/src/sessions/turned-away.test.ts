import { tcp } from '@group-services/transport/tcp';
import { encodeNameServerMessage, type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { expect, it, onTestFinished, vi } from 'vitest';
import { acceptSessions } from './accept-session.js';
import { NameServerConnection } from './name-server-connection.js';

const hello: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  wire: { ...WIRE_VERSION },
  domain: 'default',
  features: [],
};

/** A name server that welcomes everybody and ends each connection at once, saying why if it is told to. */
async function turningAway(text: string | undefined) {
  const listener = await tcp().listen(
    'tcp://127.0.0.1:0',
    acceptSessions({
      ending: () => undefined,
      answer: () => ({ kind: 'welcome', wire: 1, features: [], limits: {}, lease: 30_000 }),
      opened: (link) => {
        if (text !== undefined) link.send(encodeNameServerMessage({ kind: 'closing', text }));
        link.close();
        return { onFrame: () => {}, onClose: () => {} };
      },
      refused: () => {},
    }),
  );
  onTestFinished(() => listener.close());
  const downs: string[] = [];
  const connection = new NameServerConnection({
    transports: [tcp()],
    addresses: [listener.address],
    hello,
    events: {
      up: () => {},
      down: (why) => downs.push(why),
      failed: () => {},
      message: () => {},
      refused: () => {},
    },
  });
  onTestFinished(() => connection.close());
  connection.start();
  return downs;
}

it('says why the name server has ended the connection', async () => {
  const downs = await turningAway('there are too many');
  await vi.waitFor(() => expect(downs.length).toBeGreaterThan(0));
  expect(downs[0]).toBe('the name server has ended the connection: there are too many');
});

it('waits longer each time it is turned away, also by one that welcomes it', async () => {
  const begun = performance.now();
  const downs = await turningAway(undefined);
  // At least half of 100, 200, 400 and 800 ms lies between them; without that it were 25 ms each.
  await vi.waitFor(() => expect(downs.length).toBeGreaterThanOrEqual(5), 20_000);
  expect(performance.now() - begun).toBeGreaterThan(700);
  expect(new Set(downs)).toEqual(new Set(['the connection was lost']));
});
