import { keepJoined } from '@group-services/client';
import { expect, it } from 'vitest';
import { startDomain } from '../src/index.js';

it('serves processes over three daemons', async () => {
  await using domain = await startDomain();
  const one = await domain.connect('n1');
  const other = await domain.connect('n2');
  const first = await one.join('crew');
  const second = await other.join('crew');
  const messages: string[] = [];
  first.on('message', ({ message }) => messages.push(new TextDecoder().decode(message)));
  await second.send(new TextEncoder().encode('hello'), { delivery: 'safe' });
  await first.send(new TextEncoder().encode('back'));
  expect(messages).toEqual(['hello', 'back']);
  expect(first.view).toEqual(second.view);
});

it('breaks a connection, which the group is told', async () => {
  await using domain = await startDomain({ daemons: 2 });
  const one = await domain.connect('n1');
  const other = await domain.connect('n2');
  const first = await one.join('crew');
  const second = await other.join('crew');
  domain.disconnect(other);
  expect(await other.closed).toBeInstanceOf(Error);
  for await (const event of first) {
    if (event.type !== 'membership' || event.left.length === 0) continue;
    expect(event.left).toEqual([{ provider: second.id, reason: 'process-failure' }]);
    break;
  }
});

it('kills a daemon and starts it again', async () => {
  await using domain = await startDomain();
  const stop = new AbortController();
  const watched = await (await domain.connect('n1')).join('crew');
  const connection = { endpoint: domain.endpoint('n2') };
  const gaps: unknown[] = [];
  for await (const { gap } of keepJoined('crew', { connect: connection, signal: stop.signal })) {
    gaps.push(gap?.reason);
    if (gap !== undefined) break;
    await domain.killDaemon('n2');
    await domain.restartDaemon('n2');
  }
  expect(gaps).toEqual([undefined, 'connection-lost']);
  const reasons: string[] = [];
  for await (const event of watched) {
    if (event.type === 'membership') reasons.push(...event.left.map(({ reason }) => reason));
    if (reasons.length > 0) break;
  }
  expect(reasons).toEqual(['node-failure']);
});

it('cuts a domain in two, and one side goes on', async () => {
  await using domain = await startDomain({ suspectAfter: 200 });
  const one = await (await domain.connect('n1')).join('crew');
  const other = await (await domain.connect('n2')).join('crew');
  const apart = await (await domain.connect('n3')).join('crew');
  domain.partition(['n1', 'n2'], ['n3']);
  for await (const event of one) {
    if (event.type === 'membership' && event.left.length > 0) break;
  }
  expect(one.view.providers).toEqual([one.id, other.id]);
  domain.heal();
  for await (const event of apart) {
    if (event.type === 'removed') expect(event.reason).toBe('node-failure');
  }
});

it('serves other processes on a port', async () => {
  await using domain = await startDomain({ daemons: ['lonely'], ports: true });
  expect(domain.port('lonely')).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  expect(() => domain.endpoint('n1')).toThrow('there is no node n1; this domain has lonely');
});
