import { cpSync, rmSync } from 'node:fs';
import type { Provider } from '@group-services/client';
import { describe, expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, type Watched } from './harness/watched.js';

/** Issue 10, item 2: whatever happens to the name server's table, a group has one life at a time. */

const lease = ['--lease', '1s'];

/**
 * Somebody on another node wants to be in the group, and may form it anew. Whatever `one` is told after
 * that comes later than what it is asked then: it may neither have a change approved in a former life,
 * nor take itself for the oldest beside the other.
 */
async function neverTwo(
  one: Watched<Provider>,
  domain: TestDomain,
  node: string,
): Promise<Watched<Provider>> {
  const others: Watched<Provider>[] = [];
  const services = await domain.connect(node);
  const joined = join(services, 'g').then((member) => others.push(member));
  const isOldest = (member: Watched<Provider> | undefined): boolean =>
    member?.of('removed').length === 0 && member.handle.isOldest;
  const other = await eventually('the other one is in the group', async () => {
    const [before] = others;
    const approved = await one.handle.changeState(bytes('one')).then(
      () => true,
      () => false,
    );
    if (before === undefined) return undefined;
    expect([isOldest(one), isOldest(before)]).not.toEqual([true, true]);
    expect(approved && !before.list.includes(one.handle.id)).toBe(false);
    return before;
  });
  await joined;
  return other;
}

describe('the table of the name server is another one than before', () => {
  test('from memory to a new directory: the group goes on', async ({ startDomain, bench }) => {
    const domain = await startDomain({ nameServer: lease, nodes: ['n1', 'n2'] });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await domain.nameServer.program.kill();
    await domain.nameServer.start('--store', `file:${bench.path('store')}`);
    const other = await neverTwo(one, domain, 'n2');
    expect(other.handle.view.providers[0]).toBe('n1/a');
    expect(domain.nameServer.program.errors.join('')).toContain('recovery-window-opened');
    expect(one.of('removed')).toEqual([]);
  });

  test('the directory is gone: the group goes on', async ({ startDomain, bench }) => {
    const folder = bench.path('store');
    const domain = await startDomain({
      nameServer: [...lease, '--store', `file:${folder}`],
      nodes: ['n1', 'n2'],
    });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await domain.nameServer.program.kill();
    rmSync(folder, { recursive: true });
    await domain.nameServer.start();
    const other = await neverTwo(one, domain, 'n2');
    expect(other.handle.view.providers[0]).toBe('n1/a');
    expect(domain.nameServer.program.errors.join('')).toContain('table-lacks');
    expect(one.of('removed')).toEqual([]);
  });

  test('an old copy of the directory is put in its place: the group goes on', async ({
    startDomain,
    bench,
  }) => {
    const folder = bench.path('store');
    const copy = bench.path('copy');
    const domain = await startDomain({
      nameServer: [...lease, '--store', `file:${folder}`],
      nodes: ['n1', 'n2'],
    });
    // What a copying tool makes of the socket of a running server does not matter.
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await domain.nameServer.program.kill();
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
    await domain.nameServer.start();
    const other = await neverTwo(one, domain, 'n2');
    expect(other.handle.view.providers[0]).toBe('n1/a');
    expect(domain.nameServer.program.errors.join('')).toContain('was copied or moved');
    expect(one.of('removed')).toEqual([]);
  });

  test('a member is missing: the former life ends before the next begins', async ({
    startDomain,
    bench,
  }) => {
    const folder = bench.path('store');
    const domain = await startDomain({ nameServer: [...lease, '--store', `file:${folder}`] });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await one.listIs(['n1/a', 'n3/c']);
    await domain.nameServer.program.kill();
    await domain.daemon('n3').program.kill();
    rmSync(folder, { recursive: true });
    await domain.nameServer.start();
    const other = await neverTwo(one, domain, 'n2');
    expect(one.events.at(-1)).toMatchObject({ type: 'removed', reason: 'group-lost' });
    expect(other.handle.view.version).toBe(1);
  });
});
