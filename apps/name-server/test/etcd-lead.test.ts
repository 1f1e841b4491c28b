import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { storeCommand } from '../src/store/command.js';
import { EtcdCluster, noEtcd } from './etcd-cluster.js';
import { activeOf, leadOf, startDaemon, startInstance } from './etcd-domain.js';
import { eventually } from './eventually.js';
import { FakeDaemon } from './gsns-process.js';
import { SilentWay } from './silent-way.js';

const quick = ['--lease', '1s', '--fresh'];

/** Several name servers on one etcd of one member. */
describe.skipIf(noEtcd !== undefined)('several name servers on etcd', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.start(1);
  });
  afterAll(async () => {
    await cluster.destroy();
  });

  it('B1: the active one is killed: running groups notice nothing, and new ones are formed', async () => {
    const store = cluster.newStore();
    const first = await startInstance(store, quick);
    await activeOf([first]);
    const second = await startInstance(store, quick);
    // It knows the standby alone, and is told who is active.
    const services = await startDaemon('n1', [second.listen]);
    const running = await services.join('running', { instance: 'a' });
    await eventually('the standby knows who is active', async () => {
      return (await leadOf(second))?.active?.address === first.listen;
    });
    await first.process.stop('SIGKILL');
    await running.send(Buffer.from('while nobody is active'), { delivery: 'safe' });
    await services.join('formed', { instance: 'a', timeout: 20_000 });
    await running.send(Buffer.from('afterwards'), { delivery: 'safe' });
    await eventually('both groups are in its table', async () => {
      return (await groupsOf(second)).join() === 'running,formed';
    });
  });

  it('B1: the active one is paused beyond its lease: when it goes on it answers nothing', async () => {
    const store = cluster.newStore();
    const first = await startInstance(store, quick);
    await activeOf([first]);
    const second = await startInstance(store, quick);
    const daemon = await FakeDaemon.connect(first.listen);
    daemon.send({ kind: 'register', epoch: daemon.welcome.epoch ?? 0, holdings: [] });
    daemon.send({ kind: 'renew', number: 1, holdings: [] });
    expect(await daemon.next('renewed')).toMatchObject({ number: 1 });
    first.process.signal('SIGSTOP');
    await activeOf([second]);
    // It will find these when it goes on, as if they had just come.
    daemon.send({ kind: 'renew', number: 2, holdings: [] });
    first.process.signal('SIGCONT');
    await daemon.closed;
    expect(await daemon.next('renewed')).toBeUndefined();
    await eventually('the first is a standby', async () => {
      const lead = await leadOf(first);
      return lead?.role === 'standby' && lead.active?.address === second.listen;
    });
    const refused = { code: 'NOT_ACTIVE', active: second.listen };
    await expect(FakeDaemon.connect(first.listen)).rejects.toMatchObject(refused);
    // Its table went on without it.
    const later = await FakeDaemon.connect(second.listen, { incarnation: 2 });
    expect(later.welcome.epoch).toBeGreaterThan(daemon.welcome.epoch ?? 0);
    expect(later.welcome.store).toBe(daemon.welcome.store);
  });

  it('B1: the active one is cut from etcd alone: it gives up in time, and its daemons go to the next', async () => {
    const store = cluster.newStore();
    const way = await SilentWay.to(Number(new URL(cluster.members[0]?.url ?? '').port));
    const first = await startInstance(store.replace(/127[^/]+/u, way.host), quick);
    await activeOf([first]);
    const second = await startInstance(store, quick);
    const services = await startDaemon('n1', [first.listen, second.listen]);
    const running = await services.join('running', { instance: 'a' });
    way.cut();
    await running.send(Buffer.from('while it finds out'), { delivery: 'safe' });
    await activeOf([second]);
    // At no moment are there two of them: the former one knew before the lease was over.
    expect((await leadOf(first))?.role).toBe('standby');
    await services.join('formed', { instance: 'a', timeout: 20_000 });
    await running.send(Buffer.from('afterwards'), { delivery: 'safe' });
    await eventually('both groups are in its table', async () => {
      return (await groupsOf(second)).join() === 'running,formed';
    });
    expect((await leadOf(first))?.etcd.trouble).not.toBeNull();
    way.mend();
    await eventually('it is a standby in contact', async () => {
      const lead = await leadOf(first);
      return lead?.active?.address === second.listen && lead.etcd.trouble === null;
    });
  });

  it('B1: the active one is cut from a daemon alone: it stays, and what the daemon needs waits', async () => {
    const store = cluster.newStore();
    const first = await startInstance(store, quick);
    await activeOf([first]);
    const second = await startInstance(store, quick);
    const way = await SilentWay.to(Number(new URL(first.listen).port));
    const near = await startDaemon('n1', [`tcp://${way.host}`, second.listen]);
    const running = await near.join('running', { instance: 'a' });
    way.cut();
    await running.send(Buffer.from('while it is apart'), { delivery: 'safe' });
    const far = await startDaemon('n2', [first.listen, second.listen]);
    await far.join('formed', { instance: 'a', timeout: 20_000 });
    expect((await leadOf(first))?.role).toBe('active');
    way.mend();
    await near.join('afterwards', { instance: 'a', timeout: 20_000 });
    await running.send(Buffer.from('afterwards'), { delivery: 'safe' });
    expect((await groupsOf(first)).toSorted()).toEqual(['afterwards', 'formed', 'running']);
  });

  it('B1: an operator lets it step down, and one that is stopped in order hands over at once', async () => {
    const store = cluster.newStore();
    const first = await startInstance(store, quick);
    await activeOf([first]);
    const second = await startInstance(store, quick);
    // gsctl finds the active one by the standby.
    const seen = await gsctl(['status', '--admin', second.admin]);
    expect(seen).toMatchObject([
      { admin: second.admin, status: { lead: { role: 'standby' } } },
      { admin: first.admin, status: { lead: { role: 'active', etcd: { trouble: null } } } },
    ]);
    const admins = ['--admin', second.admin, '--admin', first.admin];
    expect(await gsctl(['step-down', ...admins])).toEqual({ admin: first.admin });
    await activeOf([second]);
    expect(await second.process.stop('SIGTERM')).toBe(0);
    await activeOf([first]);
    await eventually('its metrics say so', async () => {
      const metrics = await (await fetch(`${first.admin}/metrics`)).text();
      const isActive = metrics.includes('group_services_name_server_active 1');
      return isActive && metrics.includes('group_services_etcd_up 1');
    });
    const metrics = await (await fetch(`${first.admin}/metrics`)).text();
    const types = [...metrics.matchAll(/^# TYPE group_services_(\w+) (\w+)$/gmu)];
    expect(types.map(([, name, kind]) => `${name} ${kind}`)).toEqual(
      expect.arrayContaining([
        'name_server_active gauge',
        'etcd_up gauge',
        'etcd_request_seconds histogram',
        'etcd_failures_total counter',
      ]),
    );
  });

  it('B1: a table moves from a directory to etcd while its groups go on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gsns-move-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [from, to] = [`file:${folder}`, cluster.newStore()];
    const former = await startInstance(from, quick);
    const services = await startDaemon('n1', [former.listen]);
    const running = await services.join('running', { instance: 'a' });
    await former.process.stop('SIGTERM');
    expect(await storeCommand(['copy', from, to])).toMatchObject({ exitCode: 0 });
    const next = await startInstance(to, ['--lease', '1s', '--listen', former.listen]);
    await services.join('formed', { instance: 'a', timeout: 20_000 });
    await running.send(Buffer.from('afterwards'), { delivery: 'safe' });
    expect(next.process.errors).not.toContain('recovery-window-opened');
    await eventually('both groups are in its table', async () => {
      return (await groupsOf(next)).join() === 'running,formed';
    });
  });
});

/** `gsctl name-server …` as an operator calls it. */
async function gsctl(args: readonly string[]): Promise<unknown> {
  const program = join(import.meta.dirname, '../../ctl/dist/gsctl.js');
  const all = [program, 'name-server', ...args, '--json'];
  return JSON.parse((await promisify(execFile)(process.execPath, all)).stdout);
}

/** Nothing while it is not active. */
async function groupsOf({ admin }: { readonly admin: string }): Promise<readonly string[]> {
  const entries: unknown = await (await fetch(`${admin}/api/groups`)).json();
  if (!Array.isArray(entries)) return [];
  return entries.map((it) => (it as { readonly group: string }).group);
}
