import { fileURLToPath } from 'node:url';
import { elect, map, mutex, queue, type Term } from '@group-services/recipes';
import { expect } from 'vitest';
import { test } from './harness/test.js';

const programs = new URL('./programs/', import.meta.url);
const file = (name: string): string => fileURLToPath(new URL(name, programs));

async function next(terms: AsyncIterator<Term>): Promise<Term> {
  const { value, done } = await terms.next();
  if (done) throw new Error('the candidature is over');
  return value;
}

test('what a killed process held goes to another', async ({ domain, bench }) => {
  const services = await domain.connect('n1');
  await using work = await queue<string>(services, 'real');
  await work.push('item');
  const args = [domain.daemon('n2').endpoint];
  const program = bench.run({ label: 'holder', file: file('recipes.mjs'), args });
  const held = (await program.message()) as { lock: string; item: string; leads: string };
  expect(held.item).toBe('item');
  await using locks = await mutex(services, 'real');
  const waiting = locks.acquire();
  const terms = elect(services, 'real')[Symbol.asyncIterator]();
  const term = next(terms);
  const again = work.take();
  await program.kill();
  expect((await waiting).fence > held.lock).toBe(true);
  expect((await term).fence > held.leads).toBe(true);
  const delivery = await again;
  expect([delivery.item, delivery.attempt]).toEqual(['item', 2]);
  await delivery.ack();
  await terms.return?.();
});

test('a recipe with a connection of its own comes back after its daemon', async ({
  startDomain,
}) => {
  const domain = await startDomain({ nodes: ['n1', 'n2'] });
  await using other = await map<number>(await domain.connect('n2'), 'real');
  const { endpoint } = domain.daemon('n1');
  await using book = await map<number>({ endpoint }, 'real');
  await book.set('a', 1);
  await domain.daemon('n1').program.kill();
  await other.set('b', 2);
  await domain.daemon('n1').start();
  await book.set('c', 3).catch(() => book.set('c', 3));
  expect(book.entries()).toEqual(await other.entries({ fresh: true }));
  expect(book.entries()).toHaveLength(3);
});

test('a member in a thread, or in a process of a cluster, is gone with it', async ({
  domain,
  bench,
}) => {
  const services = await domain.connect('n1');
  const watched = await services.join('threads');
  const args = [domain.daemon('n2').endpoint];
  const program = bench.run({ label: 'threads', file: file('thread.mjs'), args });
  const told = {
    ...((await program.message(0)) as object),
    ...((await program.message(1)) as object),
  };
  const ids = told as { readonly thread: string; readonly process: string };
  program.tell('thread');
  const gone: unknown[] = [];
  for await (const event of watched) {
    if (event.type !== 'membership' || event.left.length === 0) continue;
    gone.push(...event.left);
    if (gone.length === 2) break;
    program.tell('process');
  }
  expect(gone).toEqual([
    { provider: ids.thread, reason: 'process-failure' },
    { provider: ids.process, reason: 'process-failure' },
  ]);
});

test('a CommonJS program requires the library', async ({ domain, bench }) => {
  const args = [domain.daemon('n1').endpoint];
  const program = bench.run({ label: 'required', file: file('required.cjs'), args });
  expect(await program.ended).toEqual({ status: 0, signal: null });
  expect(program.messages).toEqual([{ fence: 'string', error: 'ConnectFailedError' }]);
  expect(program.errors).toEqual([]);
});
