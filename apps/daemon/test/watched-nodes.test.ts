import type { MembershipEvent } from '@group-services/client';
import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { subscribe } from './harness/watched.js';

/** The predefined group `$nodes` (B12) with real programs: who watches it sees daemons come and go. */

type Left = MembershipEvent['left'][number];

describe('B12: $nodes', () => {
  test('lists the daemons, the oldest first, and tells who comes and how each goes; nobody joins it', async ({
    startDomain,
  }) => {
    const domain = await startDomain({ nodes: ['n1'] });
    const one = await domain.connect('n1');
    /** Of the daemons that live, as the name server tells who asks, once there are so many. */
    const living = async (count: number): Promise<readonly string[]> =>
      await eventually(`${count} daemons live`, async () => {
        const all = (await one.nodes()).filter(({ alive }) => alive);
        return all.length === count && all.map((it) => `${it.node}/${it.incarnation}`);
      });
    /** One after the other, so that it is the youngest. */
    const started = async (node: string, count: number): Promise<string> => {
      await domain.daemon(node).start();
      return (await living(count)).at(-1) ?? '';
    };

    const joining = one.join('$nodes');
    await expect(joining).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'group' });
    await expect(joining).rejects.toThrow('$nodes can only be subscribed to');

    const [first = ''] = await living(1);
    const second = await started('n2', 2);
    const two = await domain.connect('n2');
    const watching = await Promise.all([one, two].map((it) => subscribe(it, '$nodes')));
    await Promise.all(watching.map((it) => it.listIs([first, second])));
    for (const { handle } of watching) {
      const { labels } = handle.view;
      const version = expect.stringMatching(/^\d+\.\d+\.\d+/u);
      expect(labels[first]).toEqual({ address: domain.daemon('n1').listen, version });
      expect(labels[second]).toEqual({ address: domain.daemon('n2').listen, version });
    }

    const third = await started('n3', 3);
    const fourth = await started('n4', 4);
    await Promise.all(watching.map((it) => it.listIs([first, second, third, fourth])));

    /** How one of the list has gone, as every watcher is told. */
    const goneAs = async (id: string, how: Partial<Left>): Promise<void> => {
      const isIt = ({ left }: MembershipEvent) => left.some(({ provider }) => provider === id);
      for (const watcher of watching) {
        const { left } = await watcher.next('membership', isIt);
        expect(left).toContainEqual(expect.objectContaining({ provider: id, ...how }));
      }
    };
    domain.daemon('n4').program.signal('SIGKILL');
    domain.daemon('n3').program.signal('SIGTERM');
    await Promise.all(['n3', 'n4'].map((node) => domain.daemon(node).program.ended));
    await goneAs(third, { reason: 'goodbye' });
    await goneAs(fourth, { reason: 'node-failure', detail: 'its daemon did not renew its lease' });

    // The next start of a node is another daemon, and the youngest.
    const again = await started('n3', 3);
    expect(again).toMatch(/^n3\//u);
    expect(again).not.toBe(third);
    await Promise.all(watching.map((it) => it.listIs([first, second, again])));
    for (const { events } of watching) {
      const positions = events.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    }
    await Promise.all(watching.map(({ handle, over }) => handle.close().then(() => over)));
  });
});
