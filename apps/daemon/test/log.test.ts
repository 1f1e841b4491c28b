import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import { eventually, within } from './harness/eventually.js';
import { built, type Program } from './harness/program.js';
import { test } from './harness/test.js';
import type { Workbench } from './harness/workbench.js';

/** Everything that is logged, so that there is much to write. */
const talkative = ['--log-level', 'trace'];
const anywhere = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];

const FULL_DISK = '/dev/full';
const SCRIPT = '/usr/bin/script';

function gsd(bench: Workbench, nameServer: string, stderr: number): Program {
  const client = ['--client', `unix://${bench.path('gsd.sock')}`];
  const args = ['--node', 'n9', '--name-server', nameServer, ...anywhere, ...client, ...talkative];
  return bench.run({ label: 'gsd', file: built('daemon', 'gsd.js'), args, stderr });
}

function gsns(bench: Workbench, stderr: number): Program {
  const args = ['--fresh', ...anywhere, ...talkative];
  return bench.run({ label: 'gsns', file: built('name-server', 'gsns.js'), args, stderr });
}

/** It answers, and ends in order when it is told to. */
async function servesAndStops(program: Program): Promise<void> {
  const { admin } = await program.ready();
  for (const path of ['/healthz', '/readyz', '/api/status']) {
    const response = await within(path, fetch(`${String(admin)}${path}`));
    expect([path, response.status]).toEqual([path, 200]);
    await response.arrayBuffer();
  }
  expect(await program.stop()).toEqual({ status: 0, signal: null });
}

/** A pipe that is full: one end for a program, and what has come through it so far. */
function fullPipe(bench: Workbench): { readonly fd: number; readonly content: () => string } {
  const path = bench.path('log');
  execFileSync('mkfifo', [path]);
  const { O_RDWR, O_NONBLOCK } = constants;
  // Two descriptors: what a program is given as standard error is made to wait.
  const [ours, fd] = [openSync(path, O_RDWR | O_NONBLOCK), openSync(path, O_RDWR)];
  repeat(() => void writeSync(ours, Buffer.alloc(4096, '\n')));
  let text = '';
  const buffer = Buffer.alloc(65_536);
  const content = (): string => {
    repeat(() => {
      text += buffer.toString('utf8', 0, readSync(ours, buffer));
    });
    return text;
  };
  return { fd, content };
}

/** Until it throws, here because there is no more room, or nothing more. */
function repeat(what: () => void): void {
  try {
    for (;;) what();
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' });
  }
}

describe('a log that cannot be written', () => {
  test.skipIf(!existsSync(FULL_DISK))('a full disk', async ({ bench, domain }) => {
    const fd = openSync(FULL_DISK, 'w');
    await servesAndStops(gsns(bench, fd));
    const daemon = gsd(bench, domain.nameServer.address, fd);
    await daemon.ready();
    const endpoint = `unix://${bench.path('gsd.sock')}`;
    const provider = await (await domain.connect('n9', { endpoint })).join('logged');
    expect(provider.view.providers).toEqual([provider.id]);
    await servesAndStops(daemon);
    closeSync(fd);
  });

  test.skipIf(!existsSync(FULL_DISK))('mistakes keep their status', async ({ bench }) => {
    const fd = openSync(FULL_DISK, 'w');
    const none = bench.run({ label: 'gsd', file: built('daemon', 'gsd.js'), args: [], stderr: fd });
    expect(await none.ended).toEqual({ status: 2, signal: null });
    closeSync(fd);
  });

  test('a pipe that nobody reads, until somebody does', async ({ bench, domain }) => {
    const { fd, content } = fullPipe(bench);
    const program = gsd(bench, domain.nameServer.address, fd);
    const { admin } = await program.ready();
    expect((await within('health', fetch(`${String(admin)}/healthz`))).status).toBe(200);
    await eventually('the lines arrive', () => /"msg":"ready"/.test(content()));
    expect(
      content()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).not.toEqual([]);
    await servesAndStops(program);
    expect(content()).toMatch(/"msg":"stopping"/);
    closeSync(fd);
  });

  test('a pipe that nobody reads does not hold up the end', async ({ bench, domain }) => {
    const { fd } = fullPipe(bench);
    await servesAndStops(gsns(bench, fd));
    await servesAndStops(gsd(bench, domain.nameServer.address, fd));
    closeSync(fd);
  });
});

interface AtTerminal {
  readonly ready: Readonly<Record<string, unknown>>;
  /** The terminal goes away, as when its window is closed. */
  readonly close: () => void;
}

/** Runs a shell command at a terminal of its own, and waits for the ready line there. */
async function atTerminal(command: string): Promise<AtTerminal> {
  const script = spawn(SCRIPT, ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve) => {
    createInterface({ input: script.stdout }).on('line', (line) => {
      if (line.startsWith('{"ready"')) resolve(JSON.parse(line));
    });
  });
  return { ready: await within('a ready line', ready), close: () => void script.kill('SIGKILL') };
}

function commandOf(bench: Workbench, nameServer: string): string {
  const client = `unix://${bench.path('gsd.sock')}`;
  const where = `--node n9 --name-server ${nameServer} --client ${client} ${anywhere.join(' ')}`;
  return `${process.execPath} ${built('daemon', 'gsd.js')} ${where} ${talkative.join(' ')}`;
}

describe.skipIf(!existsSync(SCRIPT))('a terminal that is gone', () => {
  test('ends in order what was started at it', async ({ bench, domain }) => {
    const { close } = await atTerminal(commandOf(bench, domain.nameServer.address));
    const path = bench.path('gsd.sock');
    expect(existsSync(path)).toBe(true);
    close();
    await eventually('its socket file is removed', () => !existsSync(path));
  });

  test('does not trouble a program that has left it', async ({ bench, domain }) => {
    const [pid, status] = [bench.path('pid'), bench.path('status')];
    const command = commandOf(bench, domain.nameServer.address);
    const whole = `${command} & echo $! > ${pid}; wait $!; echo $? > ${status}`;
    const { ready, close } = await atTerminal(`setsid -w sh -c '${whole}'`);
    close();
    const provider = await (
      await domain.connect('n9', { endpoint: `unix://${bench.path('gsd.sock')}` })
    ).join('logged');
    await provider.leave();
    expect((await fetch(`${String(ready['admin'])}/healthz`)).status).toBe(200);
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
    const ended = await eventually(
      'it ends',
      () => existsSync(status) && readFileSync(status, 'utf8'),
    );
    expect(ended).toBe('0\n');
  });
});
