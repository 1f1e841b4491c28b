import { afterAll, beforeAll, describe, it } from 'vitest';
import { EtcdCluster, noEtcd } from './etcd-cluster.js';
import { activeOf, startDaemon, startInstance } from './etcd-domain.js';
import { eventually } from './eventually.js';

const quick = ['--lease', '1s', '--fresh'];

/** An etcd of three members, some of which fail. */
describe.skipIf(noEtcd !== undefined)('name servers on an etcd of three members', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.start(3);
  });
  afterAll(async () => {
    await cluster.destroy();
  });

  it('B1: the leader of etcd is killed, then a majority: groups go on, changes wait, nothing is lost', async () => {
    const store = cluster.newStore();
    const instances = await Promise.all([startInstance(store, quick), startInstance(store, quick)]);
    const addresses = instances.map(({ listen }) => listen);
    const one = await startDaemon('n1', addresses);
    const running = await one.join('running', { instance: 'a' });

    const leader = await cluster.leader();
    await leader.kill();
    await one.join('without the leader', { instance: 'a', timeout: 30_000 });

    const next = await cluster.leader();
    await next.kill();
    await running.send(Buffer.from('without a majority'), { delivery: 'safe' });
    await eventually('nobody is ready', async () => {
      const all = await Promise.all(instances.map(({ admin }) => fetch(`${admin}/readyz`)));
      return all.every(({ status }) => status === 503);
    });
    const waiting = one.join('waits', { instance: 'a', timeout: 60_000 });
    await running.changeState(Buffer.from('still without'));

    await cluster.startAll();
    await waiting;
    await eventually('nothing is lost', async () => {
      const { admin } = await activeOf(instances);
      const entries: unknown = await (await fetch(`${admin}/api/groups`)).json();
      if (!Array.isArray(entries)) return false;
      const names = entries.map((it) => (it as { readonly group: string }).group).sort();
      return names.join() === 'running,waits,without the leader';
    });
  });
});
