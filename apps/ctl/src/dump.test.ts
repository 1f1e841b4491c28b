import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AdminClient } from './admin-client.js';
import { dumpOf } from './dump.js';

it('has what a program answers, and why it does not', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') response.end('clients 1\n');
    else if (request.url === '/readyz') response.writeHead(503).end('{"ready":false}');
    else if (request.url === '/api/status') response.end('{"node":"n1"}');
    else if (request.url === '/api/groups') response.writeHead(500).end('{}');
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  expect(await dumpOf(new AdminClient(`http://127.0.0.1:${port}`))).toEqual({
    '/api/status': { node: 'n1' },
    '/api/groups': { failed: expect.stringContaining('status 500') },
    '/readyz': { ready: false },
    '/metrics': 'clients 1\n',
    '/api/options': undefined,
    '/api/nodes': undefined,
    '/api/peers': undefined,
    '/api/clients': undefined,
    '/api/log': undefined,
  });
});
