import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { built, Child, type Ending } from './child.js';
import { gsctl, ran, test } from './support.js';

// What goes wrong on somebody's first day, with the programs as they are: each error names the reason and
// the next command to type.

const folder = mkdtempSync(join(tmpdir(), 'first-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ANYWHERE = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];

/** A program that is read and then goes on as another user, whom no file of it concerns. */
const ANOTHER_USER = `import { Socket } from 'node:net';
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...to) {
  process.seteuid(65534);
  return connect.apply(this, to);
};`;

function importOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Ends by itself, because it must not start. */
function failing(file: string, args: readonly string[]): Promise<Ending> {
  return new Child(file, args).ended;
}

describe('no daemon', () => {
  const endpoint = `unix://${join(folder, 'nobody.sock')}`;

  test('gsctl says how to start one there, and how to ask another', async () => {
    const { status, errors } = await ran(['status', '--endpoint', endpoint]);
    expect(status).toBe(3);
    expect(errors).toContain('there is no such socket file');
    expect(errors).toContain(`gsd --name-server tcp://HOST:7400 --client ${endpoint}`);
    expect(errors).toContain('gsctl --endpoint ADDRESS');
  });

  test("a user's program says the same", async () => {
    const client = fileURLToPath(
      new URL('../../../packages/client/dist/index.js', import.meta.url),
    );
    const program = join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import { connect } from '${pathToFileURL(client)}';\nawait connect();\n`,
    );
    const child = new Child(program, [], { GROUP_SERVICES_ENDPOINT: endpoint });
    const { status, errors } = await child.ended;
    expect(status).toBe(1);
    expect(errors).toContain(`gsd --name-server tcp://HOST:7400 --client ${endpoint}`);
    expect(errors).toContain('export GROUP_SERVICES_ENDPOINT=ADDRESS');
  });
});

test('a path or a port without a scheme: which address is meant', async () => {
  const path = await ran(['status', '--endpoint', '/run/gsd.sock']);
  expect(path.status).toBe(2);
  expect(path.errors).toContain('did you mean unix:///run/gsd.sock?');
  const port = await ran(['status', '--endpoint', '127.0.0.1:7401']);
  expect(port.errors).toContain('did you mean tcp://127.0.0.1:7401?');
});

test('a path where no file can be: which part it is', async () => {
  writeFileSync(join(folder, 'file'), '');
  const client = `unix://${join(folder, 'file', 'n1.sock')}`;
  const args = ['--node', 'n1', '--name-server', 'tcp://127.0.0.1:1', '--client', client];
  const { status, errors } = await failing(built('daemon', 'gsd.js'), [...ANYWHERE, ...args]);
  expect(status).toBe(1);
  expect(errors).toContain('is not a directory');
});

describe('beside a name server that runs', () => {
  let running: Child;
  let address = '';
  beforeAll(async () => {
    running = new Child(built('name-server', 'gsns.js'), [...ANYWHERE, '--fresh']);
    const ready: { readonly listen: string } = JSON.parse(await running.line(/"ready":true/));
    address = ready.listen;
  });
  afterAll(async () => {
    running.signal('SIGTERM');
    await running.ended;
  });

  test('a port in use: which command shows by whom', async () => {
    const args = ['--listen', address, '--admin', 'http://127.0.0.1:0', '--fresh'];
    const { status, errors } = await failing(built('name-server', 'gsns.js'), args);
    expect(status).toBe(1);
    expect(errors).toContain(`cannot listen at ${address}: somebody else listens there`);
    expect(errors).toMatch(process.platform === 'linux' ? /ss -ltnp/ : /lsof -nP/);
  });

  test('another domain: which option takes it in', async () => {
    const client = `unix://${join(folder, 'other.sock')}`;
    const args = [
      '--domain',
      'other',
      '--node',
      'n1',
      '--name-server',
      address,
      '--client',
      client,
    ];
    const { status, errors } = await failing(built('daemon', 'gsd.js'), [...ANYWHERE, ...args]);
    expect(status).toBe(1);
    expect(errors).toContain(
      'belongs to domain default, not to other; start with --domain default',
    );
  });
});

test('a socket that somebody else may not open: who may, and how to let more', async ({
  domain,
}) => {
  const endpoint = domain.endpoint('n1');
  const path = endpoint.slice('unix://'.length);
  // The superuser may open everything: another one tries.
  const { getuid } = process;
  const isRoot = getuid?.() === 0;
  chmodSync(path, isRoot ? 0o600 : 0);
  chmodSync(join(path, '..'), 0o755);
  const env = { NODE_OPTIONS: isRoot ? `--import ${importOf(ANOTHER_USER)}` : '' };
  const child = gsctl(['status', '--endpoint', endpoint], env);
  const { status, errors } = await child.ended;
  expect({ status, errors }).toMatchObject({ status: 3 });
  expect(errors).toContain(`ls -l ${path}`);
  expect(errors).toContain('gsd --client-group GROUP');
});

test('an old Node: which one is needed, and how to have it', async () => {
  const old = "Object.defineProperty(process.versions,'node',{value:'18.20.4'})";
  const env = { NODE_OPTIONS: `--import ${importOf(old)}` };
  const run = fileURLToPath(new URL('../../../tooling/run/run.mjs', import.meta.url));
  const { status, errors } = await new Child(run, ['start'], env).ended;
  expect(status).toBe(1);
  expect(errors).toContain('Node 20.19 or newer is needed; this is 18.20.4');
  expect(errors).toContain('nvm install 24');
});
