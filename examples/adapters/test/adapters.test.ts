import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startDomain, type TestDomain } from '@group-services/testing';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { presencePage } from '../src/presence-page.js';
import { alone, schedule } from '../src/scheduler.js';
import { adapterOver } from '../src/socket-io-adapter.js';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

async function listen(server: HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('carries rooms of socket.io over servers', async () => {
  const servers: Server[] = [];
  const clients: Socket[] = [];
  for (const node of ['n1', 'n2']) {
    const provider = await (await domain.connect(node)).join('socket.io');
    const http = createServer();
    const server = new Server(http, { adapter: adapterOver(provider), transports: ['polling'] });
    server.on('connection', (socket) => void socket.join('news'));
    servers.push(server);
    const client = io(await listen(http), { transports: ['polling'] });
    await new Promise<void>((resolve) => client.once('connect', resolve));
    clients.push(client);
  }
  const heard = clients.map(
    (client) => new Promise((resolve) => client.once('headline', (...words) => resolve(words))),
  );
  servers[0]?.to('news').emit('headline', 'hello', new Uint8Array([1, 2]));
  expect(await heard[0]).toEqual(['hello', Buffer.from([1, 2])]);
  expect(await heard[1]).toEqual(['hello', Buffer.from([1, 2])]);
  const found = (await servers[1]?.in('news').fetchSockets()) ?? [];
  expect(found.map(({ id }) => id).sort()).toEqual(clients.map(({ id }) => id).sort());
  for (const client of clients) client.disconnect();
  for (const server of servers) await server.close();
});

it('runs the jobs of a fleet in one process, and goes on elsewhere when it dies', async () => {
  const ran: string[] = [];
  const stop = new AbortController();
  const failures: unknown[] = [];
  let toldOf = (_who: string): void => {};
  const start = async (who: string) => {
    const services = await domain.connect('n1');
    const job = {
      name: 'report',
      every: 1,
      run: async ({ fence }: { readonly fence: string }) => {
        ran.push(`${who} ${fence}`);
        toldOf(who);
        throw new Error('never mind');
      },
      onError: (error: unknown) => failures.push(error),
    };
    return { services, over: schedule(services, [job], stop.signal) };
  };
  const runsOf = (who: string, times: number) =>
    new Promise<void>((resolve) => {
      let left = times;
      toldOf = (each) => {
        if (each === who) left -= 1;
        if (left === 0) resolve();
      };
    });
  const first = runsOf('one', 2);
  const one = await start('one');
  await first;
  const two = await start('two');
  const second = runsOf('two', 2);
  domain.disconnect(one.services);
  await second;
  stop.abort();
  await Promise.all([one.over, two.over]);
  expect(failures).toHaveLength(ran.length);
  const fences = ran.map((each) => each.split(' ')[1] ?? '');
  expect(new Set(fences).size).toBe(2);
  expect(await alone(two.services, 'by hand', async ({ fence }) => typeof fence)).toBe('string');
});

it('shows who is here on a page of express', async () => {
  const page = await presencePage(await domain.connect('n1'), '1.0');
  const http = createServer(page.app);
  const address = await listen(http);
  const changes = page.servers[Symbol.asyncIterator]();
  const other = await presencePage(await domain.connect('n2'), '1.1');
  expect((await changes.next()).value).toMatchObject({ type: 'entered', id: other.own.id });
  const shown = (await (await fetch(`${address}/presence`)).json()) as { version: string }[];
  expect(shown.map(({ version }) => version)).toEqual(['1.0', '1.1']);
  http.closeAllConnections();
  http.close();
});
