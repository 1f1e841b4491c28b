import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Provider } from '@group-services/client';
import { expect, test as plain } from 'vitest';
import { Domain } from './domain.js';
import { bytes, gsctl, joined, jsonOf, ran } from './support.js';

/** Daemons leave groups soon after their last process has. */
const test = plain.extend<{ domain: Domain }>({
  domain: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      await using domain = await Domain.start(['--fresh'], ['--linger', '50ms']);
      await use(domain);
    },
    { scope: 'file' },
  ],
});

/** Sends without a pause until it is told to stop; rejects with the first proposal that fails. */
function load(provider: Provider) {
  let isOver = false;
  let count = 0;
  const run = async (): Promise<number> => {
    while (!isOver) {
      const delivery = count % 3 === 0 ? 'safe' : 'agreed';
      await provider.send(bytes(`${count}`), { delivery });
      if (count % 10 === 0) await provider.changeState(bytes(`${count}`));
      count += 1;
    }
    return count;
  };
  const ended = run();
  // Looked at by whoever waits for it.
  ended.catch(() => undefined);
  return {
    /** Until it has sent so many more. */
    more: async (howMany: number): Promise<void> => {
      const until = count + howMany;
      while (count < until) await Promise.race([ended, pause(5)]);
    },
    stop: async (): Promise<number> => {
      isOver = true;
      return await ended;
    },
  };
}

/** Who leads, by what the name server says. */
async function leaderOf(group: string, endpoint: string): Promise<string | undefined> {
  await using services = await connect({ endpoint });
  const groups = await services.groups();
  return groups.find((one) => one.group === group)?.leader;
}

test('a node is drained under load, and no proposal fails', async ({ domain }) => {
  const [n1, n2] = [domain.endpoint('n1'), domain.endpoint('n2')];
  const group = 'drained under load';
  const first = await joined(n1, group, 'a');
  const second = await joined(n2, group, 'b');
  expect(await leaderOf(group, n2)).toBe('n1');
  const loads = [load(first), load(second)];

  // From another node than its own: the daemons pass it on.
  const drain = gsctl(['nodes', 'drain', 'n1', '--timeout', '60s', '--endpoint', n2]);
  await drain.line(/^n1: 0 groups led, 1 process, 1 provider, 0 subscriptions$/u);
  expect(await leaderOf(group, n2)).toBe('n2');

  // Both have sent through the new leader.
  await Promise.all(loads.map((one) => one.more(20)));
  for (const one of loads) expect(await one.stop()).toBeGreaterThan(20);

  // It takes nobody in, and says so; processes that are there stay.
  await expect(joined(n1, 'another', 'c')).rejects.toThrow(/n1 is being drained.*undrain n1/su);
  expect((await ran(['nodes', '--endpoint', n2])).output).toMatch(/^n1 \(drained\) +fresh/mu);
  expect(first.view.providers).toEqual(['n1/a', 'n2/b']);

  // The last process goes, and it is empty.
  await first.leave();
  expect(await drain.ended).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^Node n1 is drained and empty: its daemon can be stopped/u),
  });
  expect(await ran(['nodes', 'undrain', 'n1', '--endpoint', n2])).toMatchObject({ status: 0 });
  await joined(n1, 'another', 'c');
});

test('who waits in vain is told for what', async ({ domain }) => {
  const at = ['--endpoint', domain.endpoint('n2')];
  const provider = await joined(domain.endpoint('n2'), 'alone', 'a');
  const drained = await ran(['nodes', 'drain', 'n2', '--timeout', '300ms', '--json', ...at]);
  expect(drained).toMatchObject({ status: 1, output: '' });
  expect(JSON.parse(drained.errors)).toMatchObject({
    error: {
      status: 1,
      message: expect.stringMatching(
        /n2 is drained, and not empty after 0.3 s: .*group alone: no other daemon could lead it; process tester: 1 as provider/u,
      ),
      remark: expect.stringContaining('It stays drained.'),
    },
  });
  const undrained = await jsonOf(['nodes', 'undrain', 'n2', ...at]);
  expect(undrained).toMatchObject({ node: 'n2', drained: false, providers: 1 });
  await provider.leave();
  const unknown = await ran(['nodes', 'drain', 'nobody', ...at]);
  expect(unknown).toMatchObject({ status: 1, errors: expect.stringContaining('not alive') });
});
