import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';

/** What is asked here is who is thrown out for its pace; a busy machine looks like silence soon enough. */
const PATIENT = ['--suspect-after', '20s'];

/** Everything that one process of a crowd told. */
type Told = Readonly<Record<string, unknown>>;

describe('B4: nobody who reads is lost', () => {
  test.for([
    { what: '1 KiB, 4,000 open at each', size: 1024, count: 6_000, open: 4_000 },
    { what: '8 kB, 1,500 at each', size: 8_000, count: 1_500, open: 1_500 },
    { what: '1 MB, 20 at each', size: 1_000_000, count: 20, open: 20 },
    { what: '16 B, 10,000 at each', size: 16, count: 10_000, open: 5_000 },
  ])(
    'three members flood each other: $what',
    { timeout: 120_000 },
    async ({ size, count, open }, { startDomain }) => {
      const domain = await startDomain({ daemon: PATIENT });
      const job = { size, count, open, expected: 3 * count, takes: 'handler' } as const;
      const members = await Promise.all(
        ['n1', 'n2', 'n3'].map((node) =>
          domain.member(node, 'crowd', { program: 'crowd.mjs', crowd: job }),
        ),
      );
      for (const member of members) member.tell('go');
      await eventuallyAll(members, ({ heard }) => heard === 3 * count);
      for (const told of members.map((member) => member.told as readonly Told[])) {
        expect(told.filter(({ removed, failed }) => removed ?? failed)).toEqual([]);
        expect(told.find(({ heard }) => heard !== undefined)).toMatchObject({ order: 'kept' });
      }
    },
  );

  test('one whose loop is slower than the others send', { timeout: 120_000 }, async ({
    startDomain,
  }) => {
    const count = 12_000;
    const domain = await startDomain({ daemon: PATIENT });
    const job = { size: 64, count, open: 2_000, expected: count } as const;
    const fast = await domain.member('n1', 'loop', {
      program: 'crowd.mjs',
      crowd: { ...job, takes: 'handler' },
    });
    const slow = await domain.member('n2', 'loop', {
      program: 'crowd.mjs',
      crowd: { ...job, takes: 'loop' },
    });
    fast.tell('go');
    await eventuallyAll([fast, slow], ({ heard }) => heard === count);
    expect([...fast.told, ...slow.told].filter((told) => (told as Told)['removed'])).toEqual([]);
  });

  test('a stopped process holds nobody up, and is gone when its queue is full', {
    timeout: 120_000,
  }, async ({ startDomain }) => {
    const count = 40;
    const domain = await startDomain({
      daemon: [...PATIENT, '--client-buffer', '10MiB'],
    });
    const job = { size: 1_000_000, count, open: 10, expected: count, takes: 'handler' } as const;
    const fast = await domain.member('n1', 'stop', { program: 'crowd.mjs', crowd: job });
    const stopped = await domain.member('n2', 'stop', { program: 'crowd.mjs', crowd: job });
    stopped.pause();
    fast.tell('go');
    await eventuallyAll([fast], ({ heard }) => heard === count);
    const watcher = await domain.connect('n3');
    const provider = await watcher.join('stop');
    await eventually(
      'the stopped one is removed',
      () => !provider.view.providers.includes(stopped.id),
    );
    expect(provider.view.providers).toContain(fast.id);
  });
});

/** Waits as long as it takes while there is progress to hope for: a member that is lost ends the wait. */
async function eventuallyAll(
  members: readonly { readonly told: readonly unknown[] }[],
  isDone: (told: Told) => boolean,
): Promise<void> {
  const all = (): boolean =>
    members.every(({ told }) =>
      (told as readonly Told[]).some((one) => isDone(one) || one['removed']),
    );
  for (let round = 0; round < 4 && !all(); round += 1) {
    await eventually('every member has heard everything', all).catch((error) => {
      if (round === 3) throw error;
    });
  }
}
