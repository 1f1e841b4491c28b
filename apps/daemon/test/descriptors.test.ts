import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type { GroupServices } from '@group-services/client';
import { describe, expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

const PRLIMIT = '/usr/bin/prlimit';
/** Connections that still fit, with what is kept. */
const ROOM = 24;
const TRIES = 2 * ROOM;

/** Leaves a daemon little more file descriptors than it has in use; gives the limit. */
function limit({ program: { pid } }: Daemon): number {
  const most = readdirSync(`/proc/${pid}/fd`).length + ROOM;
  execFileSync(PRLIMIT, ['--pid', String(pid), `--nofile=${most}:${most}`]);
  return most;
}

/** Connects processes until no more are taken in, and gives those that were, and the refusals. */
async function crowd(domain: TestDomain, node: string) {
  const connected: GroupServices[] = [];
  const refused: { readonly code?: string; readonly message: string }[] = [];
  for (let one = 0; one < TRIES; one += 1) {
    await domain.connect(node).then(
      (services) => connected.push(services),
      (error) => refused.push(error),
    );
  }
  return { connected, refused };
}

describe.skipIf(!existsSync(PRLIMIT))('file descriptors', () => {
  test('processes are turned away before other daemons are', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    const n1 = domain.daemon('n1');
    const most = limit(n1);
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const { connected, refused } = await crowd(domain, 'n1');
    expect(connected.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(ROOM);
    for (const { code, message } of refused) {
      expect(code).toBe('UNAVAILABLE');
      expect(message).toContain(`of ${most} file descriptors`);
    }
    const said = n1.program.errors.filter((line) => line.includes('no room for more'));
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(refused.length);
    await eventually('the daemon says that it is full', async () => {
      const answer = await n1.status('/readyz');
      if (JSON.stringify(answer).includes('no room for more processes')) {
        expect(answer).toMatchObject({ ready: true });
        return true;
      }
      // What was in use only while the crowd came, such as a link that was dialled twice, is free again.
      await domain.connect('n1').then(
        (services) => connected.push(services),
        () => undefined,
      );
      return false;
    });

    // Another daemon comes in, hears what is said, and the name server finds everybody.
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await one.listIs(['n1/a', 'n2/b']);
    await one.handle.send(bytes('heard'), { delivery: 'safe' });
    await two.next('message');
    await domain.nameServer.program.kill();
    await domain.nameServer.start();
    await join(await domain.connect('n2'), 'g', { instance: 'c' });
    await one.listIs(['n1/a', 'n2/b', 'n2/c']);

    await Promise.all(connected.map((services) => services.close()));
    await eventually('there is room again', async () => {
      return await domain.connect('n1').then(
        () => true,
        () => false,
      );
    });
  });
});
