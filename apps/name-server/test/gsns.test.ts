import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupName, MembershipId } from '@group-services/core';
import { type Hello, type ToNameServer, wireOffer } from '@group-services/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeDaemon, GsnsProcess } from './gsns-process.js';

function lookup(number: number, group = 'g', daemon = 'a.1'): ToNameServer {
  return {
    kind: 'resolve',
    number,
    group: group as GroupName,
    membership: `${daemon}.${number}` as MembershipId,
    address: 'tcp://127.0.0.1:1',
    create: true,
  };
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'gsns-test-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function get(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}

/** Sends bytes over a bare connection and resolves when the other side has closed it. */
async function sendRaw(listen: string, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(listen);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** Whether a file system of a few kilobytes can be made: it takes root, and a kernel that lets it. */
function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'gsns-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'none', path], { stdio: 'ignore' });
    execFileSync('umount', [path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true });
  }
}

const smallDisk = canMount();

describe('gsns', () => {
  it('prints one ready line, serves, and stops in order', async () => {
    const gsns = new GsnsProcess(['--fresh', '--domain', 'd1', '--lease', '60s']);
    const ready = await gsns.ready();
    expect(ready).toMatchObject({ ready: true, domain: 'd1' });
    const daemon = await FakeDaemon.connect(ready.listen, { domain: 'd1' });
    expect(daemon.welcome).toMatchObject({
      lease: 60_000,
      isolation: 'continue',
      leaderRecovery: 'announced',
      incarnationFloor: 0,
    });
    daemon.send(lookup(1));
    const formed = await daemon.next('resolved');
    expect(formed?.entry).toMatchObject({ version: 1, leader: 'a.1.1' });
    expect(await get(`${ready.admin}/readyz`)).toMatchObject({ status: 200 });
    expect(await get(`${ready.admin}/api/groups/g`)).toEqual({ status: 200, body: formed?.entry });
    expect((await get(`${ready.admin}/api/status`)).body).toMatchObject({
      groups: 1,
      nodesAlive: 1,
    });
    expect((await get(`${ready.admin}/api/nodes`)).body).toMatchObject([
      { node: 'a', alive: true },
    ]);
    expect(await gsns.stop('SIGTERM')).toBe(0);
    await daemon.closed;
    expect(gsns.printed.trim().split('\n')).toHaveLength(1);
  });

  it.each(['silent', 'name-server'] as const)(
    'M8: tells daemons that leaders are recovered in the variant %s',
    async (variant) => {
      const gsns = new GsnsProcess(['--fresh', '--leader-recovery', variant]);
      const { listen, admin } = await gsns.ready();
      const daemon = await FakeDaemon.connect(listen);
      expect(daemon.welcome).toMatchObject({ leaderRecovery: variant });
      expect((await get(`${admin}/api/status`)).body).toMatchObject({ leaderRecovery: variant });
      expect(await gsns.stop('SIGTERM')).toBe(0);
      await daemon.closed;
    },
  );

  it('M4: starts a group anew that was silent for too long, with isolation suspend', async () => {
    const options = [
      '--fresh',
      '--lease',
      '50ms',
      '--isolation',
      'suspend',
      '--anew-after',
      '60ms',
    ];
    const { listen, admin } = await new GsnsProcess(options).ready();
    const silent = await FakeDaemon.connect(listen);
    expect(silent.welcome).toMatchObject({ isolation: 'suspend' });
    silent.send(lookup(1));
    const formed = await silent.next('resolved');
    const other = await FakeDaemon.connect(listen, { node: 'b' as NonNullable<Hello['node']> });
    // It asks until the silence has lasted; how often is a matter of the machine.
    for (let number = 1; ; number += 1) {
      other.send(lookup(number, 'g', 'b.1'));
      const { entry } = (await other.next('resolved')) ?? {};
      if (entry?.leader !== `b.1.${number}`) continue;
      expect(entry.generation).toBeGreaterThan(formed?.entry?.generation ?? 0);
      break;
    }
    expect((await get(`${admin}/api/status`)).body).toMatchObject({ isolation: 'suspend' });
  });

  it('keeps every answered change over a kill, with the file store', async () => {
    const store = `file:${join(directory(), 'table')}`;
    const first = new GsnsProcess(['--store', store, '--fresh']);
    const before = await FakeDaemon.connect((await first.ready()).listen);
    before.send(lookup(1));
    const formed = await before.next('resolved');
    expect(formed?.entry).not.toBeNull();
    await first.stop('SIGKILL');
    // A write that the crash cut off: nobody was told of it.
    const folder = store.slice('file:'.length);
    const journal = readdirSync(folder).find((name) => name.startsWith('journal')) ?? '';
    appendFileSync(join(folder, journal), '0000002b 0');

    const second = new GsnsProcess(['--store', store]);
    const { listen, admin } = await second.ready();
    expect((await get(`${admin}/api/groups/g`)).body).toEqual(formed?.entry);
    const after = await FakeDaemon.connect(listen, { incarnation: 5 });
    expect(after.welcome.incarnationFloor).toBe(1);
    await expect(FakeDaemon.connect(listen, { incarnation: 4 })).rejects.toMatchObject({
      code: 'superseded',
    });
    expect(second.errors).toContain('cut off by a crash');
  });

  it('does not serve when its clock is behind a start that a daemon was answered by', async () => {
    const epoch = Date.now() + 3 * 86_400_000;
    const register = async (listen: string): Promise<FakeDaemon> => {
      const daemon = await FakeDaemon.connect(listen);
      const own = daemon.welcome.epoch ?? 0;
      const served = { store: 'lost', epoch, revision: 7 };
      daemon.send({ kind: 'register', epoch: own, holdings: [], served });
      return daemon;
    };
    const behind = new GsnsProcess([]);
    await register((await behind.ready()).listen);
    expect(await behind.exited()).toBe(1);
    expect(behind.errors).toMatch(/the clock of this machine is at least \d+ s behind; set/u);
    // Whoever says that the groups may go is served.
    const fresh = new GsnsProcess(['--fresh']);
    const daemon = await register((await fresh.ready()).listen);
    daemon.send(lookup(1));
    expect((await daemon.next('resolved'))?.entry).toMatchObject({ version: 1 });
  });

  it('tells a daemon why it ends the connection', async () => {
    const { listen } = await new GsnsProcess(['--fresh']).ready();
    const daemon = await FakeDaemon.connect(listen);
    daemon.send({ kind: 'register', epoch: 1, holdings: [], more: true });
    daemon.send({ kind: 'list', number: 1 });
    const text = 'did not finish what it said in pieces: register was followed by list';
    expect(await daemon.next('closing')).toMatchObject({ text });
    await daemon.closed;
  });

  it('leaves a directory to the one that has it, whoever starts at once when that is gone', async () => {
    const store = ['--store', `file:${join(directory(), 'table')}`, '--fresh'];
    for (let round = 1; round <= 3; round += 1) {
      const starts = Array.from({ length: 4 }, () => new GsnsProcess(store));
      const ended = await Promise.all(
        starts.map(
          async (gsns) =>
            await gsns.ready().then(
              () => gsns,
              () => gsns.errors,
            ),
        ),
      );
      const serving = ended.filter((one) => one instanceof GsnsProcess);
      expect([round, serving.length]).toEqual([round, 1]);
      for (const text of ended.filter((one) => typeof one === 'string')) {
        expect(text).toMatch(/is used by another name server, process \d+ of /u);
      }
      await serving[0]?.stop('SIGKILL');
    }
  });

  it('stops with a clear line when it cannot write, and had answered nothing that was not stored', async () => {
    const store = `file:${join(directory(), 'table')}`;
    // A limit on the size of files cuts a write in the middle, as a full disk does.
    const full = new GsnsProcess(['--store', store, '--fresh'], 'trap "" XFSZ; ulimit -f 4');
    const daemon = await FakeDaemon.connect((await full.ready()).listen);
    const answered: string[] = [];
    for (let number = 1; number <= 200; number += 1) {
      daemon.send(lookup(number, `group-${number}`));
      const answer = await daemon.next('resolved');
      if (answer === undefined) break;
      answered.push(answer.group);
    }
    expect(await full.exited()).toBe(1);
    expect(full.errors).toContain('cannot write to the store');
    expect(answered.length).toBeGreaterThan(5);
    expect(answered.length).toBeLessThan(200);
    const again = new GsnsProcess(['--store', store]);
    const { admin } = await again.ready();
    const groups = (await get(`${admin}/api/groups`)).body as readonly { group: string }[];
    expect(groups.map(({ group }) => group)).toEqual(expect.arrayContaining(answered));
  });

  it.skipIf(!smallDisk)(
    'does the same on a disk that is full, and goes on when there is room again',
    async () => {
      const disk = directory();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'none', disk]);
      onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
      const store = `file:${join(disk, 'table')}`;
      const full = new GsnsProcess(['--store', store, '--fresh']);
      const daemon = await FakeDaemon.connect((await full.ready()).listen);
      const answered: string[] = [];
      for (let number = 1; number <= 500; number += 1) {
        daemon.send(lookup(number, `group-${number}`));
        const answer = await daemon.next('resolved');
        if (answer === undefined) break;
        answered.push(answer.group);
      }
      expect(await full.exited()).toBe(1);
      expect(full.errors).toContain('cannot write to the store');
      expect(full.errors).toContain('ENOSPC');
      // A start needs room for the table anew: without, it is refused and nothing is lost.
      const refused = new GsnsProcess(['--store', store]);
      expect(await refused.exited()).toBe(1);
      expect(refused.errors).toContain('ENOSPC');
      execFileSync('mount', ['-o', 'remount,size=1m', disk]);
      const again = new GsnsProcess(['--store', store]);
      const { admin } = await again.ready();
      const groups = (await get(`${admin}/api/groups`)).body as readonly { group: string }[];
      expect(answered.length).toBeGreaterThan(5);
      expect(groups.map(({ group }) => group)).toEqual(expect.arrayContaining(answered));
      expect(await again.stop('SIGTERM')).toBe(0);
    },
  );

  it('answers nothing while the recovery window of the memory store is open', async () => {
    const gsns = new GsnsProcess(['--recovery-window', '10m']);
    const { listen, admin } = await gsns.ready();
    expect(await get(`${admin}/readyz`)).toMatchObject({ status: 503 });
    const daemon = await FakeDaemon.connect(listen);
    daemon.send(lookup(1));
    daemon.send({ kind: 'renew', number: 1, holdings: [] });
    await daemon.next('renewed');
    const status = (await get(`${admin}/api/status`)).body;
    expect(status).toMatchObject({ groups: 0, waitingLookups: 1 });
  });

  it('answers what waited when the recovery window closes', async () => {
    const gsns = new GsnsProcess(['--recovery-window', '50ms']);
    const { listen, admin } = await gsns.ready();
    const daemon = await FakeDaemon.connect(listen);
    daemon.send(lookup(1));
    expect((await daemon.next('resolved'))?.entry).not.toBeNull();
    expect(await get(`${admin}/readyz`)).toMatchObject({ status: 200 });
  });

  it.each<[string, Partial<Hello>]>([
    ['domain', { domain: 'other' }],
    ['role', { role: 'client' }],
    ['wire-version', { wire: { min: 900, max: 901 } }],
    ['malformed', { address: undefined }],
  ])('refuses a wrong handshake: %s', async (code, change) => {
    const gsns = new GsnsProcess(['--fresh']);
    const { listen } = await gsns.ready();
    await expect(FakeDaemon.connect(listen, change)).rejects.toMatchObject({ code });
    await FakeDaemon.connect(listen);
  });

  it('ends connections that send garbage, and serves everybody else', async () => {
    const gsns = new GsnsProcess(['--fresh']);
    const { listen } = await gsns.ready();
    const good = await FakeDaemon.connect(listen, { node: 'good' as NonNullable<Hello['node']> });
    await sendRaw(listen, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await sendRaw(listen, Buffer.from([0, 0, 0, 3, 1, 2, 3]));
    // A frame above 16 KiB before WELCOME is refused when its length is there.
    await sendRaw(listen, Buffer.from([0, 0, 0x40, 1]));
    const bad = await FakeDaemon.connect(listen);
    bad.sendBytes(Buffer.from([9, 9, 9]));
    await bad.closed;
    const large = await FakeDaemon.connect(listen);
    large.sendBytes(Buffer.alloc(3 * 1024 * 1024));
    await large.closed;
    good.send({ kind: 'list', number: 7 });
    expect(await good.next('listed')).toMatchObject({ number: 7 });
  });

  it('closes the older of two daemons of a node, and takes the same one again', async () => {
    const gsns = new GsnsProcess(['--fresh']);
    const { listen } = await gsns.ready();
    const first = await FakeDaemon.connect(listen);
    const again = await FakeDaemon.connect(listen);
    await first.closed;
    again.send({ kind: 'list', number: 1 });
    await again.next('listed');
    // Of minor 0, and cannot be asked: its lease is fresh.
    await expect(FakeDaemon.connect(listen, { incarnation: 2 })).rejects.toMatchObject({
      code: 'superseded',
      incarnationFloor: undefined,
      message: expect.stringContaining('node a has a daemon that lives'),
    });
    await FakeDaemon.connect(listen, { incarnation: 3, replace: true });
    await again.closed;
  });

  it('asks the daemon of a node whether it lives when another one wants its name', async () => {
    const gsns = new GsnsProcess(['--fresh']);
    const { listen } = await gsns.ready();
    const holder = await FakeDaemon.connect(listen, { ...wireOffer(), pid: 4711 });
    const refused = FakeDaemon.connect(listen, { ...wireOffer(), incarnation: 2, pid: 4712 });
    const asked = await holder.next('name-wanted');
    expect(asked).toMatchObject({ address: 'tcp://127.0.0.1:1', pid: 4712 });
    holder.send({ kind: 'name-held', number: asked?.number ?? 0 });
    await expect(refused).rejects.toMatchObject({ code: 'superseded' });
    await expect(refused).rejects.toThrow(/process 4711/u);
    // It does not answer, as if its host were gone.
    await FakeDaemon.connect(listen, { ...wireOffer(), incarnation: 3 });
    await holder.closed;
    expect(gsns.errors).toContain('node-name-holder-silent');
  });
});

describe('gsns exit status', () => {
  it('is 1 with one clear line when its address or its store is in use', async () => {
    const store = `file:${join(directory(), 'table')}`;
    const first = new GsnsProcess(['--store', store, '--fresh']);
    const { listen } = await first.ready();
    const second = new GsnsProcess(['--fresh', '--listen', listen]);
    expect(await second.exited()).toBe(1);
    expect(second.errors).toContain('address-in-use');
    expect(second.printed).toBe('');
    const third = new GsnsProcess(['--store', store]);
    expect(await third.exited()).toBe(1);
    expect(third.errors).toContain('is used by another name server');
  });

  it.each([
    ['below a directory that cannot exist', 'file:/proc/no/such/store', undefined],
    ['on a full disk', undefined, 'trap "" XFSZ; ulimit -f 0'],
  ])('is 1 with one clear line for a store %s', async (_, store, shell) => {
    const where = store ?? `file:${join(directory(), 'table')}`;
    const gsns = new GsnsProcess(['--store', where], shell);
    expect(await gsns.exited()).toBe(1);
    const logged = gsns.errors.split('\n').filter((line) => line.startsWith('{'));
    expect(logged).toHaveLength(1);
    expect(gsns.errors).toContain('cannot use the store');
    expect(gsns.printed).toBe('');
  });

  it.each([
    [['--bogus', '1'], '--bogus'],
    [['--lease', 'long'], '--lease'],
    [['--store', 'etcd'], '--store'],
    [['--anew-after', '30s'], 'belongs to --isolation suspend'],
    [['--isolation', 'suspend', '--anew-after', '3299ms'], 'at least 3300ms'],
    [['--isolation', 'suspend', '--lease', '28s'], 'at least 30800ms'],
    [['--isolation', 'suspend', '--recovery-window', '3s'], 'at least 3300ms'],
    [['--leader-recovery', 'loud'], '--leader-recovery'],
    [['--fresh', '--recovery-window', '3s'], 'contradicts --fresh'],
  ])('is 2 for %j', async (options, message) => {
    const gsns = new GsnsProcess(options);
    expect(await gsns.exited()).toBe(2);
    expect(gsns.errors).toContain(message);
    expect(gsns.printed).toBe('');
  });
});
