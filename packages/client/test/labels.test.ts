import { expect, it } from 'vitest';
import { change, FakeDaemon, joinedProvider, snapshot, view } from './fake-daemon.js';

it('gives its labels with the join, as they were then', async () => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const labels: Record<string, string> = { zone: 'eu' };
  const joining = services.join('g', { labels });
  labels['zone'] = 'us';
  expect((await daemon.next('join')).labels).toEqual({ zone: 'eu' });
  daemon.die();
  await expect(joining).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

it.each([
  [{ zone: 1 }, undefined],
  [['eu'], undefined],
  ['eu', undefined],
  [{ zone: 'x'.repeat(1024) }, 'labels'],
])('refuses the labels %j', async (labels, limit) => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const joining = services.join('g', { labels: labels as never });
  await expect(joining).rejects.toMatchObject({ argument: 'labels', limit });
});

it('shows the labels of everybody, with the list that they belong to', async () => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const labels = { 'n1/a': { zone: 'eu' } };
  const given = snapshot({ view: { ...view(1, 5, 'n1/a'), labels } });
  const { provider, handle } = await joinedProvider(daemon, services, 'g', { snapshot: given });
  const before = provider.view;
  expect(before.labels).toEqual(labels);
  const added = { 'n2/b': { zone: 'us' } };
  daemon.send({
    kind: 'approved',
    handle,
    position: 6,
    protocol: { id: '7.6', kind: 'join', proposer: 'n2/b' },
    phases: 0,
    membership: { ...change(2, 6, { joined: ['n2/b'] }), labels: added },
  });
  await provider.when((self) => self.view.labels['n2/b']?.['zone'] === 'us');
  expect(provider.view.labels).toEqual({ ...labels, ...added });
  expect(before.labels).toEqual(labels);
  expect(Object.isFrozen(provider.view.labels['n2/b'])).toBe(true);
});
