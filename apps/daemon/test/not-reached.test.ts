import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { join } from './harness/watched.js';

/** The first log entry of a daemon whose text has all of these in it. */
async function said(daemon: Daemon, ...parts: readonly string[]): Promise<void> {
  await eventually(`${daemon.node} says ${parts.join(' … ')}`, () =>
    daemon.program.errors.some((line) => parts.every((part) => line.includes(part))),
  );
}

/** Listens on any port for the time of a test. */
async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a name server that is not reached: why, at the first failure', async ({ prepareDomain }) => {
  const domain = prepareDomain({ nodes: [] });
  const http = await listening(createHttpServer((_request, response) => void response.end()));
  const banner = await listening(createServer((socket) => void socket.end('220 ready\r\n')));
  const silent = createServer((socket) => void socket.end());
  const mute = await listening(silent);
  const cases = [
    { address: 'tcp://nobody.invalid:7400', why: 'host name cannot be looked up' },
    { address: 'tcp://127.0.0.1:1', why: 'nobody listens there' },
    { address: http, why: 'something else listens there' },
    { address: banner, why: 'something else listens there' },
    { address: mute, why: 'closed without an answer' },
  ];
  for (const { address, why } of cases) {
    const daemon = domain.daemon('n1');
    await daemon.start('--name-server', address);
    await said(daemon, '"level":"warn"', `name server not reached: `, address, why);
    expect(await daemon.status('/readyz')).toMatchObject({
      ready: true,
      degraded: [expect.stringContaining(why)],
    });
    await daemon.program.kill();
  }
});

test('an address that others cannot use: both sides say so, and why', async ({ startDomain }) => {
  const domain = await startDomain({ nodes: ['n1'] });
  const [n1, n2] = [domain.daemon('n1'), domain.daemon('n2')];
  await join(await domain.connect('n1'), 'g', { instance: 'a' });
  await n2.start('--advertise', 'tcp://nobody.invalid:7402');
  const joining = (await domain.connect('n2')).join('g', { instance: 'b', timeout: 20_000 });
  joining.catch(() => {});
  await said(
    n1,
    '"level":"warn"',
    'daemon n2 not reached',
    'nobody.invalid',
    'cannot be looked up',
  );
  // It dials the others itself without trouble, and hears it from the name server; so do operators.
  await said(n2, '"level":"warn"', 'cannot reach this one', '"by":"n1"', 'nobody.invalid');
  await eventually('the list of nodes says so', async () => {
    const { nodes } = (await n1.status('/api/nodes')) as { nodes: { notReachedBy?: unknown }[] };
    return JSON.stringify(nodes?.map(({ notReachedBy }) => notReachedBy)).includes('n1');
  });
});

test('an address that is that of somebody else', async ({ startDomain }) => {
  const domain = await startDomain({ nodes: ['n1'] });
  const [n1, n2] = [domain.daemon('n1'), domain.daemon('n2')];
  await join(await domain.connect('n1'), 'g', { instance: 'a' });
  // What every host has names somebody else everywhere.
  await n2.start('--advertise', n1.listen);
  const joining = (await domain.connect('n2')).join('g', { instance: 'b', timeout: 20_000 });
  joining.catch(() => {});
  await said(n1, '"level":"warn"', 'daemon n2 not reached', 'another daemon answers');
});

test('heartbeats that differ are told apart on both sides', async ({ startDomain }) => {
  const domain = await startDomain({ nodes: ['n1'] });
  const [n1, n2] = [domain.daemon('n1'), domain.daemon('n2')];
  const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
  await n2.start('--heartbeat', '200ms');
  await join(await domain.connect('n2'), 'g', { instance: 'b' });
  await one.listIs(['n1/a', 'n2/b']);
  await said(n1, '"level":"warn"', 'heartbeats of n2 come every 200ms', 'every 250ms');
  await said(n2, '"level":"warn"', 'heartbeats of n1 come every 250ms', 'every 200ms');
});
