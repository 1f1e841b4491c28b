import type { NodeName } from '@group-services/core';
import { describe, expect } from 'vitest';
import { eventually, within } from './harness/eventually.js';
import { RawConnection } from './harness/raw-connection.js';
import { Stream } from './harness/stream.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre } from './harness/watched.js';

const lease = ['--lease', '1s'];

describe('the clock of a node is set back', () => {
  test('B1: its next daemon begins again above what the name server has seen, on the same addresses', async ({
    startDomain,
  }) => {
    const domain = await startDomain({ nodes: ['n2'] });
    const former = await RawConnection.open(domain.nameServer.address);
    const incarnation = Date.now() + 3_600_000;
    const hello = { role: 'daemon', node: 'n1' as NodeName, address: 'tcp://127.0.0.1:1' } as const;
    expect(await former.greet({ ...hello, incarnation })).toMatchObject({ kind: 'welcome' });
    former.close();
    const n1 = domain.daemon('n1');
    await n1.start();
    await eventually('n1 has begun again', async () => {
      // Its admin endpoint is gone for a moment.
      const nodes = await n1.status('/api/nodes').catch(() => undefined);
      return JSON.stringify(nodes)?.includes(`"incarnation":${incarnation + 1},`);
    });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await listsAre([one, two], ['n1/a', 'n2/b']);
    // Who was accepted and then superseded is not: one that is to take its place stays.
    const later = await RawConnection.open(domain.nameServer.address);
    await later.greet({ ...hello, incarnation: incarnation + 2, replace: true });
    await eventually('n1 has ended', () => !n1.program.isRunning);
    expect(n1.program.errors.join('')).toContain('has a newer daemon');
    later.close();
    await listsAre([two], ['n2/b']);
  });
});

describe('the name server is killed while groups run', () => {
  test('B1: groups go on without it', async ({ startDomain }) => {
    const domain = await startDomain();
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await listsAre([one, two], ['n1/a', 'n2/b']);
    await domain.nameServer.program.kill();
    await two.handle.send(bytes('message'), { delivery: 'safe' });
    await one.handle.changeState(bytes('state'));
    // The daemons are in already; only daemons that come or go need the name server.
    const three = await join(await domain.connect('n2'), 'g', { instance: 'c' });
    await listsAre([one, two, three], ['n1/a', 'n2/b', 'n2/c']);
    const services = await domain.connect('n3');
    await expect(services.join('g', { timeout: 300 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(services.groups()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  for (const store of ['memory', 'file']) {
    test(`B1: ${store} store: started again, nothing has changed`, async ({
      startDomain,
      bench,
    }) => {
      const kept = store === 'file' ? `file:${bench.path('store')}` : 'memory';
      const domain = await startDomain({ nameServer: ['--store', kept, ...lease] });
      const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
      const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
      await one.handle.changeState(bytes('kept'));
      await listsAre([one, two], ['n1/a', 'n2/b']);
      const { fence } = one.handle.view;
      const stream = new Stream(two.handle);
      await stream.progress(100);
      await domain.nameServer.program.kill();
      await stream.progress(100);
      await domain.nameServer.start();
      await stream.progress(100);
      // A daemon comes in: the table is right, and used.
      const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
      await listsAre([one, two, three], ['n1/a', 'n2/b', 'n3/c']);
      await stream.stop();
      expect(stream.failure).toBeUndefined();
      expect(three.handle.view.version).toBe(3);
      expect(three.handle.view.fence > fence).toBe(true);
      expect(three.handle.stateValue).toEqual(bytes('kept'));
      expect([one, two].flatMap((member) => member.of('removed'))).toEqual([]);
      // And it is still able to take a failure in.
      await domain.daemon('n1').program.kill();
      await listsAre([two, three], ['n2/b', 'n3/c']);
      const groups = await (await domain.connect('n2')).groups();
      expect(groups).toMatchObject([{ group: 'g', leader: 'n2', daemons: 2 }]);
    });
  }

  test('B1: file store: a daemon that died meanwhile is removed', async ({
    startDomain,
    bench,
  }) => {
    const store = ['--store', `file:${bench.path('store')}`];
    const domain = await startDomain({ nameServer: [...store, ...lease] });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([one, two], ['n1/a', 'n2/b', 'n3/c']);
    await domain.nameServer.program.kill();
    await domain.daemon('n3').program.kill();
    await domain.nameServer.start();
    await listsAre([one, two], ['n1/a', 'n2/b']);
    expect(one.of('membership').at(-1)?.left).toEqual([
      { provider: 'n3/c', reason: 'node-failure' },
    ]);
  });

  test('B1: memory store: a group of which a member is missing starts anew', async ({
    startDomain,
  }) => {
    const domain = await startDomain({ nameServer: lease });
    const services = await domain.connect('n1');
    const one = await join(services, 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([one, two], ['n1/a', 'n2/b', 'n3/c']);
    const { fence } = one.handle.view;
    await domain.nameServer.program.kill();
    await domain.daemon('n3').program.kill();
    await domain.nameServer.start();
    await Promise.all([one.over, two.over].map((over) => within('members are told', over)));
    for (const member of [one, two]) {
      expect(member.events.at(-1)).toMatchObject({ type: 'removed', reason: 'group-lost' });
    }
    const again = await join(services, 'g', { instance: 'a' });
    expect(again.handle.view).toMatchObject({ version: 1, providers: ['n1/a'] });
    expect(again.handle.view.fence > fence).toBe(true);
  });

  test('B1: file store: everything is killed and started again', async ({ startDomain, bench }) => {
    const store = ['--store', `file:${bench.path('store')}`];
    const domain = await startDomain({ nameServer: [...store, ...lease] });
    const nodes = ['n1', 'n2', 'n3'];
    const first = await join(await domain.connect('n1'), 'g', { instance: 'p' });
    for (const node of ['n2', 'n3']) await join(await domain.connect(node), 'g', { instance: 'p' });
    const { fence } = first.handle.view;
    await domain.nameServer.program.kill();
    await Promise.all(nodes.map(async (node) => await domain.daemon(node).program.kill()));
    await domain.nameServer.start();
    await Promise.all(nodes.map(async (node) => await domain.daemon(node).start()));
    const again = await join(await domain.connect('n2'), 'g', { instance: 'p' });
    expect(again.list).toEqual(['n2/p']);
    expect(again.handle.view.fence > fence).toBe(true);
  });
});

describe('a daemon without its name server', () => {
  test('M1 M4: it is ready, joins wait for their time', async ({ prepareDomain }) => {
    const domain = prepareDomain({ nameServer: lease });
    await domain.nameServer.startFirst();
    await domain.nameServer.program.kill();
    await domain.daemon('n1').start();
    const services = await domain.connect('n1');
    await expect(services.join('g', { timeout: 200 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      milliseconds: 200,
    });
    const waiting = services.join('g', { instance: 'a' });
    await domain.nameServer.start();
    expect((await waiting).view.providers).toEqual(['n1/a']);
  });

  test('B1: it is stopped in order all the same', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await one.listIs(['n1/a', 'n2/b']);
    await domain.nameServer.program.kill();
    const endings = await Promise.all(
      ['n1', 'n2'].map(async (node) => await domain.daemon(node).program.stop()),
    );
    expect(endings.map(({ status }) => status)).toEqual([0, 0]);
  });
});

test('B1: the recovery window holds creations back, nothing else', async ({ startDomain }) => {
  const domain = await startDomain({ nameServer: lease });
  const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
  await domain.nameServer.program.kill();
  await domain.nameServer.start();
  const created = await (await domain.connect('n2')).join('new');
  expect(created.view.version).toBe(1);
  await one.handle.send(bytes('still here'));
  const services = await domain.connect('n2');
  const names = await eventually('both groups are known', async () => {
    const groups = await services.groups();
    return groups.length === 2 && groups.map(({ group }) => group);
  });
  expect(names).toEqual(['g', 'new']);
});
