import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { join, subscribe } from './harness/watched.js';

test('M30: subscriptions that wait keep no processor group, and see the next life', async ({
  startDomain,
}) => {
  const domain = await startDomain({ daemon: ['--linger', '200ms'] });
  const [one, two, three] = await Promise.all(
    ['n1', 'n2', 'n3'].map((node) => domain.connect(node)),
  );
  if (one === undefined || two === undefined || three === undefined) throw new Error('no domain');
  // Two that wait: neither may stay for the other's sake.
  const waiting = await Promise.all(
    [two, three].map((services) => subscribe(services, 'g', { persistent: true })),
  );
  const first = await join(one, 'g', { instance: 'a' });
  await Promise.all(waiting.map((it) => it.listIs(['n1/a'])));
  await first.handle.goodbye();
  await Promise.all(waiting.map((it) => it.next('dissolved')));
  await eventually('the group is gone', async () => (await one.groups()).length === 0);
  await join(one, 'g', { instance: 'b' });
  await Promise.all(waiting.map((it) => it.listIs(['n1/b'])));
  for (const { events } of waiting) {
    expect(events.map(({ type }) => type)).toEqual(['snapshot', 'dissolved', 'snapshot']);
  }
});
