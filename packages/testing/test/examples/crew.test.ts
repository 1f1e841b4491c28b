import { startDomain } from '@group-services/testing';
import { expect, it } from 'vitest';

it('the others learn of a daemon that dies', async () => {
  await using domain = await startDomain({ daemons: 3 });
  const here = await (await domain.connect('n1')).join('crew');
  const there = await (await domain.connect('n2')).join('crew');

  await domain.killDaemon('n2');

  for await (const event of here) {
    if (event.type !== 'membership' || event.left.length === 0) continue;
    expect(event.left).toEqual([{ provider: there.id, reason: 'node-failure' }]);
    break;
  }
});
