import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect } from '@group-services/client';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { webSocket } from '../src/index.js';
import { MODULE, run, Servers } from './programs.js';

// A whole domain in which nobody speaks anything but WebSocket: the name server, two daemons, their
// processes and gsctl, all from the programs as they are.

const servers = new Servers();
let folder = '';
/** Where the processes of each daemon connect. */
const endpoints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gs-ws-'));
  // As a package that was installed beside whatever is run from here.
  const home = join(folder, 'node_modules', 'groups-over-web');
  await mkdir(home, { recursive: true });
  const manifest = { name: 'groups-over-web', type: 'module', exports: { import: './mine.js' } };
  await writeFile(join(home, 'package.json'), JSON.stringify(manifest));
  const code = `export { transport as default } from ${JSON.stringify(pathToFileURL(MODULE).href)};\n`;
  await writeFile(join(home, 'mine.js'), code);
  await writeFile(join(folder, 'half.js'), "export const transport = { scheme: 'half' };\n");

  const byFile = ['--transport', MODULE];
  const { listen } = await servers.start(
    'gsns',
    [...byFile, '--listen', 'ws://127.0.0.1:0'],
    folder,
  );
  for (const [node, how] of [
    ['n1', byFile],
    ['n2', ['--transport', 'groups-over-web']],
  ] as const) {
    const places = ['--listen', 'ws://127.0.0.1:0', '--client', 'ws://127.0.0.1:0'];
    const itself = ['--name-server', String(listen), '--node', node];
    const ready = await servers.start('gsd', [...how, ...itself, ...places], folder);
    endpoints.push(String((ready['client'] as readonly unknown[])[0]));
  }
});

afterAll(async () => {
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
});

it('carries a group over two daemons', async () => {
  expect(endpoints.every((endpoint) => endpoint.startsWith('ws://127.0.0.1:'))).toBe(true);
  const transports = [webSocket()];
  const [one, other] = await Promise.all(
    endpoints.map((endpoint) => connect({ endpoint, transports })),
  );
  const provider = await one?.join('over-the-web');
  const listener = await other?.join('over-the-web');
  const heard = new Promise<string>((resolve) => {
    listener?.on('message', ({ message }) => resolve(new TextDecoder().decode(message)));
  });
  await provider?.send(new TextEncoder().encode('by WebSocket'), { delivery: 'safe' });
  expect(await heard).toBe('by WebSocket');
  await Promise.all([one?.close(), other?.close()]);
});

it('lets gsctl in', async () => {
  const args = ['nodes', '--endpoint', endpoints[1] ?? '', '--transport', MODULE, '--json'];
  const { status, output, errors } = await run('gsctl', args, folder);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(output).toMatch(/"n1".*"n2"/su);
});

it('says what is wrong with a module, and which option brings a transport, all at once', async () => {
  const wrong = ['./none.js', 'no-such-package', './half.js'].flatMap((it) => ['--transport', it]);
  const args = ['--name-server', 'ws://127.0.0.1:1', ...wrong, '--check-config'];
  const { status, errors } = await run('gsd', args, folder);
  expect(status).toBe(2);
  expect(errors).toMatch(
    /--transport: \.\/none\.js cannot be loaded: there is no file \S+none\.js/u,
  );
  expect(errors).toMatch(/--transport: no-such-package is not found as a package/u);
  expect(errors).toMatch(
    /half\.js gives no transport: it lacks addressForm .*delivery .*addressProblem\(\), listen\(\), dial\(\)/u,
  );
  expect(errors).toMatch(
    /--name-server: .*a transport for ws:\/\/ is brought by --transport MODULE/u,
  );
});

it('does not take requests of web pages', async () => {
  const url = (endpoints[0] ?? '').replace('ws:', 'http:');
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    origin: 'http://elsewhere.example',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const status = await new Promise((resolve, reject) => {
    const asked = request(url, { headers });
    asked.once('response', (response) => resolve(response.statusCode));
    asked.once('upgrade', (response) => resolve(response.statusCode));
    asked.once('error', reject);
    asked.end();
  });
  expect(status).toBe(403);
});
