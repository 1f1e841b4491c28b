import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Journal } from '@group-services/core';
import { expect, it, onTestFinished } from 'vitest';
import { startAdminServer } from '../admin-server.js';
import { createLogger } from '../logger.js';
import { EventFeed, EventStreams } from './event-streams.js';

const logger = createLogger({ name: 'gsx', pretty: false, destination: { write: () => {} } });
const BOUNDS = { entriesMax: 1_000, weightMax: 100_000, keepMs: 600_000 };

async function serving(run = 'r1', entriesMax = 1_000) {
  const journal = new Journal<object>({ ...BOUNDS, entriesMax });
  const feed = new EventFeed({ run, journal, now: () => performance.now() });
  const server = await startAdminServer({
    listen: 'http://127.0.0.1:0',
    readiness: () => ({ ready: true, missing: [] }),
    routes: { '/api/events': () => feed },
    logger,
    access: { token: () => undefined, mayOperate: () => true, domain: 'd' },
  });
  onTestFinished(() => server.close());
  const add = (news: object): void => journal.add(news, performance.now());
  return { address: server.address, add };
}

/** Reads until the text of the stream matches. */
async function read(address: string, until: RegExp, lastId?: string): Promise<string> {
  const abort = new AbortController();
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(`${address}/api/events`, { headers, signal: abort.signal });
  expect(response.status).toBe(200);
  let text = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (!until.test(text)) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) throw new Error(`the stream ended after ${text}`);
    text += piece.value;
  }
  abort.abort();
  return text;
}

it('gives what is kept and what comes, with the time of day', async () => {
  const { address, add } = await serving();
  add({ what: 'before' });
  const reading = read(address, /after/u);
  const adding = setInterval(() => add({ what: 'after' }), 20);
  onTestFinished(() => clearInterval(adding));
  const text = await reading;
  expect(text).toMatch(
    /^event: hello\ndata: \{"run":"r1","first":1,"last":\d+,"isWhole":false\}\n\n/u,
  );
  const [, at = ''] = /id: r1-1\ndata: \{"at":(\d+),"what":"before"\}\n\n/u.exec(text) ?? [];
  expect(Math.abs(Date.now() - Number(at))).toBeLessThan(60_000);
  expect(text).toMatch(/id: r1-2\ndata: /u);
});

it('goes on behind the last event that a reader has', async () => {
  const { address, add } = await serving();
  for (const what of ['one', 'two', 'three']) add({ what });
  const text = await read(address, /three/u, 'r1-2');
  expect(text).toContain('"isWhole":true');
  expect(text).not.toContain('two');
});

it('begins anew for who has events of another run, or too old ones', async () => {
  const { address, add } = await serving('r2', 2);
  for (const what of ['one', 'two', 'three', 'four']) add({ what });
  for (const id of ['r1-3', 'r2-1', 'nonsense', 'r2-99999999999999999999']) {
    const text = await read(address, /four/u, id);
    expect(text).toContain('"isWhole":false');
    expect(text).toContain('three');
  }
});

it('serves sixteen readers, and says so to one more', async () => {
  const { address, add } = await serving();
  add({ what: 'x' });
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const open = () => fetch(`${address}/api/events`, { signal: abort.signal });
  for (let n = 0; n < 16; n += 1) expect((await open()).status).toBe(200);
  const refused = await open();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toHaveProperty('error');
});

it('lets a reader go that takes nothing', async () => {
  const journal = new Journal<object>(BOUNDS);
  const feed = new EventFeed({ run: 'r1', journal, now: () => performance.now() });
  const streams = new EventStreams({ stuckMs: 100 });
  const server = createServer((request, response) => streams.open(request, response, feed));
  const dropped = new Promise<void>((resolve) => {
    server.on('connection', (socket) => socket.on('close', () => resolve()));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  // More than the system buffers between two sockets.
  const adding = setInterval(() => {
    for (let n = 0; n < 20; n += 1) journal.add({ large: 'x'.repeat(100_000) }, performance.now());
  }, 20);
  onTestFinished(() => clearInterval(adding));
  await dropped;
});
