import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { map, type Replicated, replicated } from '../src/index.js';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

const append = {
  initial: [] as readonly string[],
  reduce: (state: readonly string[], action: string): readonly string[] => {
    if (action === 'refused') throw new RangeError('not that');
    return [...state, action];
  },
};

async function log(node: string, name: string): Promise<Replicated<readonly string[], string>> {
  return await replicated(await domain.connect(node), name, append);
}

it('applies the same actions everywhere, and gives the state to newcomers', async () => {
  await using one = await log('n1', 'log');
  expect(await one.dispatch('a')).toEqual(['a']);
  await using two = await log('n2', 'log');
  expect(two.state).toEqual(['a']);
  const seen: unknown[] = [];
  const stop = one.subscribe((state, action) => seen.push([state.length, action]));
  expect(await two.dispatch('b')).toEqual(['a', 'b']);
  // Who dispatches may be told before the others.
  await expect.poll(() => seen).toEqual([[2, 'b']]);
  stop();
  await one.dispatch('c');
  expect(seen).toEqual([[2, 'b']]);
  expect(one.state).toEqual(['a', 'b', 'c']);
});

it('refuses everywhere what the reducer refuses', async () => {
  await using one = await log('n1', 'refusing');
  await expect(one.dispatch('refused')).rejects.toThrow('not that');
  await expect(one.dispatch('a')).resolves.toEqual(['a']);
});

it('moves a state of many pieces, though the one who gives it dies on the way', async () => {
  const dying = await domain.connect('n1');
  const giver = await replicated(dying, 'large', append);
  const pieces = Array.from({ length: 5 }, (_, index) => String(index).repeat(150_000));
  for (const piece of pieces) await giver.dispatch(piece);
  await using heir = await log('n2', 'large');
  const coming = log('n2', 'large');
  await heir.dispatch('meanwhile');
  domain.disconnect(dying);
  await using newcomer = await coming;
  await newcomer.dispatch('last');
  expect(newcomer.state).toEqual([...pieces, 'meanwhile', 'last']);
  await heir.dispatch('same');
  await newcomer.dispatch('end');
  expect(newcomer.state).toEqual([...pieces, 'meanwhile', 'last', 'same', 'end']);
});

it('notices a member that comes to another state, which takes that of the oldest', async () => {
  await using one = await log('n1', 'apart');
  const errors: Error[] = [];
  const where = { endpoint: domain.endpoint('n2') };
  const other = await replicated(where, 'apart', {
    ...append,
    reduce: (state: readonly string[], action: string) => [...state, `${action}!`],
    onError: (error) => errors.push(error),
  });
  await one.dispatch('a');
  await other.dispatch('b');
  expect(other.state).toEqual(['a!', 'b!']);
  await using _newcomer = await log('n1', 'apart');
  // It may just be leaving to come again, and what becomes of an action then is unknown.
  while (!other.state.includes('a')) {
    await other.dispatch('c').catch(() => {});
    // A refusal that comes at once leaves no time for anything else.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('another state than the oldest'),
  ]);
  expect(other.state.slice(0, 2)).toEqual(['a', 'b']);
  await other[Symbol.asyncDispose]();
  await expect(other.dispatch('d')).rejects.toMatchObject({ code: 'ABORTED' });
});

it('ends with the connection that was given', async () => {
  const dying = await domain.connect('n2');
  const book = await map<number>(dying, 'ending');
  const watched = book.watch();
  await book.set('a', 1);
  domain.disconnect(dying);
  expect(await watched.next()).toEqual({ done: false, value: { key: 'a', value: 1 } });
  expect(await watched.next()).toEqual({ done: true, value: undefined });
  await expect(book.set('a', 2)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

it('keeps its state over the restart of the only daemon', async () => {
  const apart = await startDomain({ daemons: 1 });
  await using book = await map<number>({ endpoint: apart.endpoint('n1') }, 'alone');
  await book.set('a', 1);
  await apart.killDaemon('n1');
  await apart.restartDaemon('n1');
  await book.set('b', 2).catch(() => book.set('b', 2));
  expect(book.entries()).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  await book[Symbol.asyncDispose]();
  await apart.stop();
});

it('is a map with watchers, compare-and-set and entries that end', async () => {
  await using one = await map<{ n: number }>(await domain.connect('n1'), 'book');
  await using two = await map<{ n: number }>(await domain.connect('n2'), 'book');
  const changes = two.watch('a');
  await one.set('b', { n: 0 });
  await one.set('a', { n: 1 });
  expect(await two.get('a', { fresh: true })).toEqual({ n: 1 });
  expect(await two.cas('a', { n: 2 }, { n: 3 })).toBe(false);
  expect(await two.cas('a', { n: 1 }, { n: 3 })).toBe(true);
  expect(await one.delete('a')).toBe(true);
  expect(await one.delete('a')).toBe(false);
  expect(await two.cas('a', undefined, { n: 4 })).toBe(true);
  await one.set('a', { n: 5 }, { ttl: 1 });
  const seen: unknown[] = [];
  for await (const { value, previous } of changes) {
    seen.push([value?.n, previous?.n]);
    if (seen.length === 6) break;
  }
  expect(seen).toEqual(
    [[1], [3, 1], [undefined, 3], [4], [5, 4], [undefined, 5]].map(([a, b]) => [a, b]),
  );
  expect(await two.entries({ fresh: true })).toEqual([['b', { n: 0 }]]);
  expect(() => one.entries().map(([key]) => key)).not.toThrow();
  await expect(one.set('a', { n: 1 }, { ttl: 0 })).rejects.toMatchObject({ argument: 'ttl' });
});
