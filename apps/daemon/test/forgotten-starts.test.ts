import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import type { Ending } from './harness/program.js';
import { clockEnv, noClock, setClock } from './harness/set-clock.js';
import { test } from './harness/test.js';
import { join } from './harness/watched.js';

/**
 * A name server that has lost its table admits a daemon whose clock was set back, although others know of a later
 * start of its node: they say so, and it is sent away; its next start begins behind that (ADR 0042).
 */
test.skipIf(noClock !== undefined)(
  'a daemon whose clock was set back is sent away, and begins behind the start that was forgotten',
  // Seven programs, one after the other.
  { timeout: 120_000 },
  async ({ bench, prepareDomain }) => {
    const clock = bench.path('clock');
    const domain = prepareDomain({ nameServer: ['--lease', '1s'], env: clockEnv(clock) });
    const [n1, n2] = [domain.daemon('n1'), domain.daemon('n2')];
    await domain.nameServer.startFirst();
    setClock(clock, 0);
    await n1.start();
    setClock(clock, 3_600);
    await n2.start();
    const a = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await a.listIs(['n1/a', 'n2/b']);
    const services = await domain.connect('n1');
    const incarnation = async (): Promise<number> => {
      const n2s = (await services.nodes()).find(({ node }) => node === 'n2');
      return n2s?.incarnation ?? 0;
    };
    const before = await incarnation();
    expect(before).toBeGreaterThan(Date.now() + 3_000_000);
    await n2.program.kill();
    await a.listIs(['n1/a']);
    // In memory: what it knew is gone.
    await domain.nameServer.program.kill();
    await domain.nameServer.start();

    setClock(clock, 0);
    await n2.start();
    const admitted = n2.program;
    /** Whether n2 gets into the group of n1, which then meets it. */
    const joins = async (): Promise<boolean> => {
      const again = await domain.connect('n2').catch(() => undefined);
      await again?.join('g', { instance: 'c', timeout: 2_000 }).catch(() => undefined);
      return a.list.includes('n2/c');
    };
    let ending: Ending | undefined;
    void admitted.ended.then((it) => {
      ending = it;
    });
    await eventually('n2 is sent away', async () => {
      expect(await joins()).toBe(false);
      return ending !== undefined;
    });
    expect(ending).toMatchObject({ status: 1 });
    const newer = `node n2 has a newer daemon, of incarnation ${before}`;
    expect(admitted.errors.join('\n')).toContain(newer);
    const { errors } = domain.nameServer.program;
    expect(errors.join('\n')).toContain('later-start-known');

    // Its clock is as it was.
    await n2.start();
    await eventually('n2 is in the group', joins);
    expect(await incarnation()).toBeGreaterThan(before);
  },
);
