import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { join } from './harness/watched.js';

test('B12: a target group is provided beside its source alone, and cast out with it', async ({
  domain,
}) => {
  const [one, two] = [await domain.connect('n1'), await domain.connect('n2')];
  const source = 'database';
  const first = await join(one, source);
  const pool = await join(one, 'pool', { attributes: { source } });
  const refused = two.join('pool');
  await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(refused).rejects.toThrow("'database', the source of this group");

  const second = await join(two, source);
  const other = await join(two, 'pool');
  const third = await join(await domain.connect('n2'), 'pool');
  await pool.listIs([pool.handle.id, other.handle.id, third.handle.id]);
  const order: string[] = [];
  for (const [name, { handle }] of Object.entries({ source: first, target: pool })) {
    handle.on('membership', ({ left }) => {
      if (left.length > 0) order.push(`${name} ${left.length} ${left[0]?.reason}`);
    });
  }
  await second.handle.leave();
  for (const gone of [other, third]) {
    expect(await gone.next('removed')).toMatchObject({ reason: 'cast-out' });
  }
  await pool.listIs([pool.handle.id]);
  await eventually('both changes are shown', () => order.length === 2);
  expect(order).toEqual(['source 1 leave', 'target 2 cast-out']);
});

test('B12: a process that is killed casts out what depends on it on its node', async ({
  domain,
}) => {
  const source = 'engine';
  const here = await domain.connect('n1');
  const first = await join(here, source);
  const stays = await join(here, 'wheels', { attributes: { source } });
  const engine = await domain.member('n3', source);
  const goes = await join(await domain.connect('n3'), 'wheels');
  await stays.listIs([stays.handle.id, goes.handle.id]);
  await engine.kill();
  expect(await goes.next('removed')).toMatchObject({ reason: 'cast-out' });
  await first.listIs([first.handle.id]);
  await stays.listIs([stays.handle.id]);
  const [change] = stays.of('membership').filter(({ left }) => left.length > 0);
  expect(change?.left).toMatchObject([{ provider: goes.handle.id, reason: 'cast-out' }]);
});
