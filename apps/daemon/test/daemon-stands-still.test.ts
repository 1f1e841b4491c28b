import { setTimeout as later } from 'node:timers/promises';
import { type GroupServices, keepJoined, type Membership } from '@group-services/client';
import { describe, expect } from 'vitest';
import { CuttableWay } from './harness/cuttable-way.js';
import type { TestDomain } from './harness/domain.js';
import { eventually, within } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

/** What a promise has come to. */
async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return await within(
    'the call settles',
    promise.then(
      () => 'done',
      (error: { code?: string }) => error.code ?? String(error),
    ),
  );
}

/** A domain whose first daemon stands still until it is told to go on. */
async function standstill(
  startDomain: (options: { nodes: string[] }) => Promise<TestDomain>,
  keepAlive?: number,
): Promise<{
  domain: TestDomain;
  services: GroupServices;
  stop: () => void;
  goOn: () => void;
}> {
  const domain = await startDomain({ nodes: ['n1', 'n2'] });
  const { program } = domain.daemon('n1');
  return {
    domain,
    services: await domain.connect('n1', { keepAlive }),
    stop: () => program.signal('SIGSTOP'),
    goOn: () => program.signal('SIGCONT'),
  };
}

describe('a daemon that stands still', () => {
  test('takes no caller along: time limits and signals are kept, and nothing stays behind', async ({
    startDomain,
  }) => {
    const { domain, services, stop, goOn } = await standstill(startDomain, 0);
    const provider = await services.join('g', { instance: 'a' });
    const witness = await join(await domain.connect('n2'), 'g', { instance: 'w' });
    stop();
    const controller = new AbortController();
    const calls = [
      services.join('g', { timeout: 2_000, instance: 'late' }),
      services.subscribe('g', { timeout: 2_000 }),
      provider.changeState(bytes('x'), { signal: AbortSignal.timeout(100) }),
      provider.changeState(bytes('y'), { signal: controller.signal }),
      services.subscribe('g', { signal: controller.signal }),
    ];
    controller.abort();
    expect(await Promise.all(calls.map(outcomeOf))).toEqual([
      'CONNECTION_LOST',
      'TIMEOUT',
      'CONNECTION_LOST',
      'CONNECTION_LOST',
      'ABORTED',
    ]);
    goOn();
    // Its own daemon may have been removed meanwhile; whoever is listed in the end is a provider.
    await eventually('the late join is not in the list', () => {
      const { list } = witness;
      return !list.includes('n1/late') && list.includes('n2/w');
    });
  });

  test('is noticed by the keep-alive, which ends everything that waits', async ({
    startDomain,
  }) => {
    const { services, stop } = await standstill(startDomain, 1_000);
    const provider = await services.join('g');
    stop();
    const calls = [services.groups(), provider.send(bytes('x')), services.join('g')];
    expect(await Promise.all(calls.map(outcomeOf))).toEqual([
      'CONNECTION_LOST',
      'CONNECTION_LOST',
      'CONNECTION_LOST',
    ]);
    expect((await services.closed)?.message).toContain('no sign of life for 1000 ms');
  });

  test('does not hold up close()', async ({ startDomain }) => {
    const { services, stop } = await standstill(startDomain);
    stop();
    await within('close() resolves', services.close());
  });

  test('is left by keepJoined, which joins again under its own instance', async ({
    startDomain,
  }) => {
    const { domain, stop, goOn } = await standstill(startDomain);
    const over = new AbortController();
    const kept = keepJoined('g', {
      instance: 'fixed',
      signal: over.signal,
      backoff: { first: 50, max: 200 },
      connect: { endpoint: domain.daemon('n1').endpoint, keepAlive: 800, connectTimeout: 1_000 },
    });
    const memberships = kept[Symbol.asyncIterator]() as AsyncIterator<Membership>;
    const first = await memberships.next();
    expect(first.value?.provider.id).toBe('n1/fixed');
    stop();
    const removed = new Promise((resolve) => first.value?.provider.on('removed', resolve));
    const second = memberships.next();
    expect(await within('the loss is noticed', removed)).toMatchObject({
      reason: 'connection-lost',
    });
    goOn();
    const { value } = await within('it is in again', second);
    expect(value?.provider.id).toBe('n1/fixed');
    expect(value?.gap?.reason).toBe('connection-lost');
    over.abort();
    expect((await memberships.next()).done).toBe(true);
  });
});

describe('a daemon that goes on after the others have removed it', () => {
  test('M7: hands out nothing more: its oldest provider works for no further round', async ({
    startDomain,
  }) => {
    const domain = await startDomain({ nodes: ['n2'] });
    const way = await CuttableWay.to(domain.nameServer.address);
    try {
      await domain.daemon('n1').start('--name-server', way.address);
      const { program } = domain.daemon('n1');
      const services = await domain.connect('n1', { keepAlive: 0 });
      const oldest = await join(services, 'g', { instance: 'a' });
      const next = await join(await domain.connect('n2'), 'g', { instance: 'b' });
      await oldest.listIs(['n1/a', 'n2/b']);
      // What the name server says meanwhile must not lie in its socket.
      way.cut();
      program.signal('SIGSTOP');
      await next.listIs(['n2/b']);
      // In its eyes it is the oldest still.
      const rounds = [1, 2, 3, 4, 5].map((round) => oldest.handle.send(bytes(`round ${round}`)));
      const outcomes = Promise.all(rounds.map(outcomeOf));
      program.signal('SIGCONT');
      await eventually('it notices', () =>
        program.errors.some((line) => line.includes('was away')),
      );
      way.mend();
      await oldest.next('removed');
      expect(oldest.texts).toEqual([]);
      expect(new Set(await outcomes)).not.toContain('done');
      expect(next.texts).toEqual([]);
    } finally {
      await way.close();
    }
  });
});

describe('a process that stands still', () => {
  test('stays a provider: its own keep-alive does not accuse a daemon that lives', async ({
    startDomain,
  }) => {
    const { domain, services } = await standstill(startDomain, 500);
    const provider = await join(services, 'g', { instance: 'busy' });
    const witness = await join(await domain.connect('n2'), 'g', { instance: 'w' });
    await provider.listIs(['n1/busy', 'n2/w']);
    // Four times its keep-alive: nothing in this process runs meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
    await later(0);
    await provider.handle.send(bytes('still here'));
    await witness.next('message', ({ from }) => from === 'n1/busy');
    expect(witness.list).toEqual(['n1/busy', 'n2/w']);
  });
});
