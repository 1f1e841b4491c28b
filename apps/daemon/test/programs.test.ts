import { existsSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { built } from './harness/program.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';
import type { Workbench } from './harness/workbench.js';

const free = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];

/** Runs gsd to its end and gives its status and what it wrote to standard error. */
async function ended(
  bench: Workbench,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly errors: readonly string[] }> {
  const program = bench.run({ label: 'gsd', file: built('daemon', 'gsd.js'), args, env });
  const { status } = await program.ended;
  expect(program.output).toEqual([]);
  return { status, errors: program.errors };
}

/** The log entries that say why a program ends. */
function fatal(errors: readonly string[]): readonly string[] {
  return errors
    .map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string })
    .filter(({ level }) => level === 'fatal')
    .map(({ msg }) => msg);
}

describe('configuration', () => {
  test('all mistakes of a file are listed with their places', async ({ bench }) => {
    const file = bench.path('gsd.yaml');
    writeFileSync(file, 'nmae: n1\nheartbeat: soon\n"name-server": [tcp://127.0.0.1:1]\n');
    const { status, errors } = await ended(bench, ['--config', file, ...free]);
    expect(status).toBe(2);
    const text = errors.join('\n');
    expect(text).toContain(file);
    expect(text).toMatch(/nmae/);
    expect(text).toMatch(/heartbeat.*soon|soon.*heartbeat/);
  });

  test('mistakes on the command line and in the environment', async ({ bench }) => {
    const { status, errors } = await ended(bench, ['--nod', 'n1', ...free], {
      GS_SUSPECT_AFTER: 'never',
    });
    expect(status).toBe(2);
    const text = errors.join('\n');
    expect(text).toContain('--nod');
    expect(text).toContain('GS_SUSPECT_AFTER');
    expect(text).toContain('name-server');
  });

  test('command line beats environment beats file', async ({ bench, startDomain }) => {
    const domain = await startDomain({ nodes: [] });
    const file = bench.path('gsd.yaml');
    writeFileSync(file, 'domain: of-file\nnode: of-file\nheartbeat: 200ms\n');
    const program = bench.run({
      label: 'gsd',
      file: built('daemon', 'gsd.js'),
      args: [
        ...['--config', file, '--domain', 'default', ...free],
        ...['--client', `unix://${bench.path('c.sock')}`],
      ],
      env: {
        GS_NODE: 'of-environment',
        GS_DOMAIN: 'of-environment',
        GS_NAME_SERVER: domain.nameServer.address,
      },
    });
    expect(await program.ready()).toMatchObject({ node: 'of-environment', domain: 'default' });
  });
});

describe('addresses', () => {
  test('one in use: one line, exit status 1', async ({ domain, bench }) => {
    const { listen, admin } = domain.daemon('n1');
    const client = ['--client', `unix://${bench.path('c.sock')}`];
    const nameServer = ['--name-server', domain.nameServer.address, '--node', 'n9'];
    const anyListen = ['--listen', 'tcp://127.0.0.1:0'];
    const anyAdmin = ['--admin', 'http://127.0.0.1:0'];
    const conflicts = [
      { taken: listen, args: ['--listen', listen, ...anyAdmin] },
      { taken: admin, args: ['--admin', admin, ...anyListen] },
    ];
    for (const { taken, args } of conflicts) {
      const { status, errors } = await ended(bench, [...nameServer, ...client, ...args]);
      expect(status).toBe(1);
      expect(fatal(errors)).toHaveLength(1);
      expect(fatal(errors)[0]).toContain(taken);
    }
    expect(existsSync(bench.path('c.sock'))).toBe(false);
  });

  test('a live socket file is refused, and goes on serving', async ({ domain, bench }) => {
    const { endpoint, socketPath } = domain.daemon('n1');
    const { status, errors } = await ended(bench, [
      ...['--name-server', domain.nameServer.address, '--node', 'n9', ...free],
      ...['--client', endpoint],
    ]);
    expect(status).toBe(1);
    expect(fatal(errors)).toHaveLength(1);
    expect(fatal(errors)[0]).toContain(socketPath);
    const provider = await (await domain.connect('n1')).join('live');
    await provider.send(bytes('served'));
  });

  test('the socket file of a dead daemon is replaced', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1'] });
    const daemon = domain.daemon('n1');
    await daemon.program.kill();
    expect(statSync(daemon.socketPath).isSocket()).toBe(true);
    await daemon.start();
    await (await domain.connect('n1')).join('g');
    await daemon.program.stop();
    expect(existsSync(daemon.socketPath)).toBe(false);
  });

  test('a socket file that is deleted is made anew', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1'] });
    const daemon = domain.daemon('n1');
    const before = await (await domain.connect('n1')).join('g', { instance: 'a' });
    expect(statSync(daemon.socketPath).mode & 0o777).toBe(0o660);
    unlinkSync(daemon.socketPath);
    await eventually('the file is back', () => existsSync(daemon.socketPath));
    await eventually('it is said', () => daemon.program.errors.join().includes('made anew'));
    const after = await (await domain.connect('n1')).join('g', { instance: 'b' });
    await before.send(bytes('served'));
    expect(after.view.providers).toEqual(['n1/a', 'n1/b']);
    expect(await daemon.status('/readyz')).toEqual({ ready: true, missing: [] });
    await daemon.program.stop();
    expect(existsSync(daemon.socketPath)).toBe(false);
  });

  test('who may connect is told by --client-mode', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: [] });
    await domain.daemon('n1').start('--client-mode', '0666');
    expect(statSync(domain.daemon('n1').socketPath).mode & 0o777).toBe(0o666);
    const { errors, ended } = domain.daemon('n2').launch('--client-mode', '0999');
    expect(await ended).toMatchObject({ status: 2 });
    expect(errors.join('\n')).toContain('octal');
  });

  test('what is no socket, or cannot be made, is one line', async ({ domain, bench }) => {
    const file = bench.path('notes.txt');
    writeFileSync(file, 'mine');
    for (const path of [file, '/proc/gsd.sock']) {
      const { status, errors } = await ended(bench, [
        ...['--name-server', domain.nameServer.address, '--node', 'n9', ...free],
        ...['--client', `unix://${path}`],
      ]);
      expect(status).toBe(1);
      expect(fatal(errors)).toHaveLength(1);
      expect(fatal(errors)[0]).toContain(path);
    }
    expect(statSync(file).size).toBe(4);
  });

  test('the name server refuses an address in use, too', async ({ domain, bench }) => {
    const program = bench.run({
      label: 'gsns',
      file: built('name-server', 'gsns.js'),
      args: ['--listen', domain.nameServer.address, '--admin', 'http://127.0.0.1:0'],
    });
    expect((await program.ended).status).toBe(1);
    expect(fatal(program.errors)).toHaveLength(1);
  });
});

describe('definite refusals by the name server', () => {
  test('another domain: one line, exit status 1', async ({ domain, bench }) => {
    const program = bench.run({
      label: 'gsd',
      file: built('daemon', 'gsd.js'),
      args: [
        ...['--name-server', domain.nameServer.address, '--domain', 'elsewhere', '--node', 'n9'],
        ...['--client', `unix://${bench.path('c.sock')}`, ...free],
      ],
    });
    expect((await program.ended).status).toBe(1);
    expect(fatal(program.errors)).toHaveLength(1);
    expect(fatal(program.errors)[0]).toContain('elsewhere');
  });
});

describe('signals and output', () => {
  test('standard output is the ready line and nothing else', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1'] });
    const daemon = domain.daemon('n1');
    const ready = await daemon.program.ready();
    expect(ready).toEqual({
      ready: true,
      node: 'n1',
      domain: 'default',
      listen: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
      client: [daemon.endpoint],
      admin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    const nameServer = domain.nameServer.program;
    expect(Object.keys(await nameServer.ready())).toEqual(['ready', 'domain', 'listen', 'admin']);
    await (await domain.connect('n1')).join('g');
    expect(await daemon.program.stop()).toEqual({ status: 0, signal: null });
    expect(await nameServer.stop()).toEqual({ status: 0, signal: null });
    for (const program of [daemon.program, nameServer]) {
      expect(program.output).toHaveLength(1);
      for (const line of program.errors) expect(JSON.parse(line)).toHaveProperty('msg');
    }
  });

  test('an interrupt stops in order, too', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1'] });
    const { program } = domain.daemon('n1');
    program.signal('SIGINT');
    expect(await program.ended).toEqual({ status: 0, signal: null });
  });

  test('a second signal ends a stop that takes its time', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await one.listIs(['n1/a', 'n2/b']);
    // The leader hands over to n2, which does not answer.
    domain.daemon('n2').program.signal('SIGSTOP');
    const { program } = domain.daemon('n1');
    program.signal('SIGTERM');
    await one.over;
    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ status: 128 + 15, signal: null });
  });

  test('a client over TCP is served like one at the socket file', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: [] });
    const { client } = await domain.daemon('n1').start('--client', 'tcp://127.0.0.1:0');
    const endpoint = String((client as readonly unknown[])[0]);
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]/);
    const services = await domain.connect('n1', { endpoint });
    expect((await services.join('g', { instance: 'a' })).id).toBe('n1/a');
  });
});

describe('the admin endpoint', () => {
  test('B8: health, readiness and status', async ({ domain }) => {
    const daemon = domain.daemon('n1');
    await join(await domain.connect('n1'), 'shown', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'shown', { instance: 'b' });
    await two.listIs(['n1/a', 'n2/b']);
    expect(await daemon.status('/healthz')).toEqual({ alive: true });
    expect(await daemon.status('/readyz')).toEqual({ ready: true, missing: [] });
    expect(await daemon.status('/api/status')).toMatchObject({ node: 'n1', domain: 'default' });
    await eventually('the group has two daemons', async () => {
      const groups = (await daemon.status('/api/groups')) as readonly { readonly group: string }[];
      return groups.some(({ group }) => group === 'shown');
    });
    const services = await domain.connect('n1');
    expect(services).toMatchObject({ admin: daemon.admin });
  });

  test('B8: the name server has one, too', async ({ domain }) => {
    const { admin } = domain.nameServer;
    for (const path of ['/healthz', '/readyz', '/api/status']) {
      const response = await fetch(`${admin}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
      expect(await response.json()).toBeTypeOf('object');
    }
  });

  test('garbage and unknown paths are answered, not obeyed', async ({ domain }) => {
    const { admin } = domain.daemon('n1');
    expect((await fetch(`${admin}/api/nothing`)).status).toBe(404);
    expect((await fetch(`${admin}/api/status`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(`${admin}/api/groups/%E0%A4%A`)).status).toBe(404);
  });
});

test('a connection that nobody accepts is a clear error of the SDK', async ({ bench, domain }) => {
  await expect(
    domain.connect('n1', { endpoint: `unix://${bench.path('nobody.sock')}` }),
  ).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
  // Something else listens there, and closes.
  const server = createServer((socket) => void socket.resume().end('220 ready\r\n'));
  const path = bench.path('other.sock');
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  try {
    await expect(domain.connect('n1', { endpoint: `unix://${path}` })).rejects.toMatchObject({
      code: expect.stringMatching(/CONNECT_FAILED|INCOMPATIBLE/),
    });
  } finally {
    await new Promise((resolve) => void server.close(resolve));
  }
});
