import { expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { built, type Program } from './harness/program.js';
import { test } from './harness/test.js';
import { join } from './harness/watched.js';
import type { Workbench } from './harness/workbench.js';

/** Another daemon with the name of n1, as if on another host. */
function second(bench: Workbench, domain: TestDomain, ...more: readonly string[]): Program {
  const socket = bench.path(`second${more.length}.sock`);
  const places = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
  const names = ['--name-server', domain.nameServer.address, '--node', 'n1'];
  const args = [...names, ...places, '--client', `unix://${socket}`, ...more];
  return bench.run({ label: 'second n1', file: built('daemon', 'gsd.js'), args });
}

function hasSaid(program: Program, ...parts: readonly string[]): boolean {
  return program.errors.some((line) => parts.every((part) => line.includes(part)));
}

test('the name of a node is refused to a second daemon while the first one lives', async ({
  bench,
  startDomain,
}) => {
  const domain = await startDomain({ nodes: ['n1', 'n2'] });
  const [n1, n2] = [domain.daemon('n1'), domain.daemon('n2')];
  const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
  const other = await join(await domain.connect('n2'), 'g', { instance: 'b' });
  const held = `process ${n1.program.pid}`;

  // A mistake: it ends, and says where the one is that has the name, and what to do.
  const mistaken = second(bench, domain);
  expect(await mistaken.ended).toMatchObject({ status: 1 });
  expect(hasSaid(mistaken, 'node n1 has a daemon that lives', n1.listen, held, '--node')).toBe(
    true,
  );
  expect(hasSaid(mistaken, '--replace')).toBe(true);
  const { pid } = mistaken;
  expect(
    hasSaid(n1.program, 'another daemon wants the name of this node', `"process":${pid}`),
  ).toBe(true);
  expect(hasSaid(domain.nameServer.program, 'node n1 has a daemon that lives', held)).toBe(true);
  await one.listIs(['n1/a', 'n2/b']);
  expect(n1.program.isRunning).toBe(true);

  // Meant so: the first one is told, and ends.
  const meant = second(bench, domain, '--replace');
  expect(await n1.program.ended).toMatchObject({ status: 1 });
  expect(hasSaid(n1.program, 'node n1 has a newer daemon')).toBe(true);
  expect(n1.program.errors.filter((line) => line.includes('"level":"fatal"'))).toHaveLength(1);
  await other.listIs(['n2/b']);
  expect(
    hasSaid(domain.nameServer.program, 'node-name-taken-over', `"heldBy":${n1.program.pid}`),
  ).toBe(true);

  // One that crashed is replaced without a word.
  await meant.kill();
  await n1.start();
  const { listen } = n1;
  await eventually('n1 is in the domain again', async () => {
    const { nodes } = (await n2.status('/api/nodes')) as { nodes: { node: string }[] | null };
    return nodes?.some((it) => JSON.stringify(it).includes(listen)) === true;
  });
  expect(hasSaid(n1.program, 'name server connected')).toBe(true);
});
