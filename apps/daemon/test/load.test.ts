import type { Provider } from '@group-services/client';
import { expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';

/** Enough that all at once is much for a daemon, and few enough for every run. */
const GROUPS = 40;
const NODES = ['n1', 'n2', 'n3'];

/** One provider in each group, all joined at once, and why each one ended that did. */
interface Crowd {
  readonly node: string;
  readonly providers: readonly Provider[];
  readonly ended: string[];
}

async function crowd(domain: TestDomain, node: string): Promise<Crowd> {
  const services = await domain.connect(node);
  const joins = Array.from({ length: GROUPS }, (_, index) =>
    services.join(`load-${index}`, { timeout: 120_000 }),
  );
  const providers = await Promise.all(joins);
  const ended: string[] = [];
  for (const { id, on } of providers.map((it) => ({ id: it.id, on: it.on.bind(it) }))) {
    on('removed', ({ reason }) => ended.push(`${id} ${reason}`));
  }
  return { node, providers, ended };
}

async function allSee({ node, providers }: Crowd, nodes: readonly string[]): Promise<void> {
  await eventually(`${node} sees ${nodes.join(' ')} in all groups`, () =>
    providers.every(({ view }) => {
      const hosts = view.providers.map((id) => id.slice(0, id.indexOf('/')));
      return hosts.sort().join(' ') === nodes.join(' ');
    }),
  );
}

test('B4 M7: however many groups have to be joined and taken over at once, only the dead are removed', async ({
  startDomain,
}) => {
  const domain = await startDomain({ nodes: NODES });
  // One daemon leads all groups; the two others join all of them at the same moment.
  const first = await crowd(domain, 'n1');
  const others = await Promise.all([crowd(domain, 'n2'), crowd(domain, 'n3')]);
  for (const each of [first, ...others]) await allSee(each, NODES);
  expect([first, ...others].flatMap(({ ended }) => ended)).toEqual([]);

  await domain.daemon('n1').program.kill();
  for (const each of others) await allSee(each, ['n2', 'n3']);
  expect(others.flatMap(({ ended }) => ended)).toEqual([]);

  await domain.daemon('n1').start();
  const again = await crowd(domain, 'n1');
  for (const each of [again, ...others]) await allSee(each, NODES);
  expect([again, ...others].flatMap(({ ended }) => ended)).toEqual([]);
});
