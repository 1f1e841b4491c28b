import { once } from 'node:events';
import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { type AdminServer, type AdminServerOptions, startAdminServer } from './admin-server.js';
import { createLogger } from './logger.js';

const open: AdminServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(options: Partial<AdminServerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'test', pretty: false, destination });
  const server = await startAdminServer({
    access: { token: () => undefined, mayOperate: () => true, domain: 'default' },
    listen: 'http://127.0.0.1:0',
    readiness: () => ({ ready: true, missing: [] }),
    routes: {},
    logger,
    ...options,
  });
  open.push(server);
  const get = (path: string, init: RequestInit = {}) => fetch(`${server.address}${path}`, init);
  return { server, get, lines };
}

/** Sends bytes as they are and gives everything that comes back. */
async function raw(server: AdminServer, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => void chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('AdminServer', () => {
  it('says that the process lives, at the port it was given', async () => {
    const { server, get } = await start();
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/u);
    const response = await get('/healthz');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({ alive: true });
  });

  it('is ready only when it can serve, and says what is missing', async () => {
    let state = { ready: false, missing: ['client socket'] };
    const { get } = await start({ readiness: () => state });
    const before = await get('/readyz');
    expect([before.status, await before.json()]).toEqual([503, state]);
    state = { ready: true, missing: [] };
    expect((await get('/readyz')).status).toBe(200);
  });

  it('calls routes with decoded parts of the path and the query', async () => {
    const { get } = await start({
      routes: {
        '/api/groups/:name': ({ params, query }) => ({ ...params, limit: query.get('limit') }),
        '/api/later': async () => ['promised'],
        '/api/nothing': () => undefined,
      },
    });
    const group = await get('/api/groups/a%2Fb%20c?limit=3');
    expect(await group.json()).toEqual({ name: 'a/b c', limit: '3' });
    expect(await (await get('/api/later')).json()).toEqual(['promised']);
    for (const path of ['/api/nothing', '/api/groups/', '/api/groups/%ff', '/api', '/']) {
      const missing = await get(path);
      expect(missing.status).toBe(404);
      expect(await missing.json()).toHaveProperty('error');
    }
  });

  it('refuses other methods and bodies', async () => {
    const { get } = await start();
    const post = await get('/healthz', { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
    expect(await post.json()).toHaveProperty('error');
    const head = await get('/healthz', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('answers a failing route with 500 and logs why', async () => {
    const fail = (): never => {
      throw new Error('the reason');
    };
    const { get, lines } = await start({
      routes: { '/api/sync': fail, '/api/async': async () => fail(), '/api/cyclic': cyclic },
    });
    for (const path of ['/api/sync', '/api/async', '/api/cyclic']) {
      const response = await get(path);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('the reason');
    }
    expect(lines.filter((line) => line.includes('the reason'))).toHaveLength(2);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('survives garbage, huge headers, huge bodies and strange targets', async () => {
    const { server, get } = await start();
    expect(await raw(server, '\0\0\0\x05hello there\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /u);
    const huge = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`;
    expect(await raw(server, huge)).toMatch(/^HTTP\/1\.1 4\d\d /u);
    const body = 'GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\nabc';
    expect(await raw(server, body)).toMatch(/^HTTP\/1\.1 413 /u);
    const chunked =
      'GET /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc';
    expect(await raw(server, chunked)).toMatch(/^HTTP\/1\.1 413 /u);
    const target = 'GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n';
    expect(await raw(server, target)).toMatch(/^HTTP\/1\.1 400 /u);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('closes though connections are kept alive, and frees the port', async () => {
    const { server, get } = await start();
    await get('/healthz');
    const idle = connect(Number(new URL(server.address).port), '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    await Promise.all([server.close(), once(idle, 'close')]);
    await server.close();
    await start({ listen: server.address });
  });

  it('says why it cannot listen', async () => {
    const { server } = await start();
    await expect(start({ listen: server.address })).rejects.toMatchObject({
      code: 'address-in-use',
      address: server.address,
    });
    for (const listen of ['nonsense', 'tcp://127.0.0.1:0', 'http://127.0.0.1:0/path']) {
      await expect(start({ listen })).rejects.toMatchObject({ code: 'bad-address' });
    }
  });
});

function cyclic(): object {
  const one: { self?: unknown } = {};
  one.self = one;
  return one;
}
