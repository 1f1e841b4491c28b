import { GroupServicesError } from '@group-services/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { map, type ReplicatedMap } from '../src/index.js';
import { Chaos, faults, RUNS } from './support/chaos.js';
import { type Call, isLinearizable } from './support/linearizable.js';

let chaos: Chaos;
beforeAll(async () => {
  chaos = await Chaos.start();
});
afterAll(() => chaos[Symbol.asyncDispose]());

const PROCESSES = 3;
const CALLS = 7;

const value = fc.nat(2);
const call = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('set' as const), value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cas' as const),
      expected: fc.option(value, { nil: undefined }),
      value,
    }),
  },
);
type Wanted = Pick<Call, 'kind' | 'value' | 'expected'>;

function ask(book: ReplicatedMap<number>, { kind, value, expected }: Wanted): Promise<unknown> {
  if (kind === 'get') return book.get('key', { fresh: true });
  if (kind === 'set') return book.set('key', Number(value));
  if (kind === 'delete') return book.delete('key');
  return book.cas('key', expected as number | undefined, value as number);
}

/** The calls of one process, one after the other, and what came of them. */
async function run(
  book: ReplicatedMap<number>,
  wanted: readonly Wanted[],
  now: () => number,
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (const each of wanted) {
    const start = now();
    try {
      const answer = await ask(book, each);
      calls.push({ ...each, answer, start, end: now() });
    } catch (error) {
      if (!(error instanceof GroupServicesError)) throw error;
      // It may have been done, or may still be.
      calls.push({ ...each, start, end: Number.POSITIVE_INFINITY });
    }
    chaos.called();
  }
  return calls;
}

it('is linearizable, whatever fails', { timeout: 10_000 * RUNS }, async () => {
  const histories = fc.array(fc.array(call, { minLength: CALLS, maxLength: CALLS }), {
    minLength: PROCESSES,
    maxLength: PROCESSES,
  });
  await fc.assert(
    fc.asyncProperty(histories, faults(PROCESSES * CALLS), async (plans, plan) => {
      const name = chaos.begin();
      // Opened one by one: the one that is spared comes last, so that the others serve it.
      const books: ReplicatedMap<number>[] = [];
      for (const index of plans.keys()) books.push(await map<number>(chaos.where(index), name));
      let tick = 0;
      let over = false;
      const now = (): number => {
        tick += 1;
        return tick;
      };
      const striking = chaos.strike(plan, () => over);
      const calls = await Promise.all(
        books.map((book, index) => run(book, plans[index] ?? [], now)),
      );
      over = true;
      chaos.called();
      await striking;
      expect(isLinearizable(calls.flat())).toBe(true);
      const read = await Promise.all(books.map((book) => book.entries({ fresh: true })));
      expect(read[1]).toEqual(read[0]);
      expect(read[2]).toEqual(read[0]);
      await Promise.all(books.map((book) => book[Symbol.asyncDispose]()));
    }),
    { numRuns: RUNS },
  );
});

it('knows histories that are not linearizable', () => {
  const set: Call = { kind: 'set', value: 1, start: 1, end: 2 };
  expect(isLinearizable([set, { kind: 'get', answer: 1, start: 3, end: 4 }])).toBe(true);
  expect(isLinearizable([set, { kind: 'get', answer: undefined, start: 3, end: 4 }])).toBe(false);
  const lost: Call = { ...set, end: Number.POSITIVE_INFINITY };
  expect(isLinearizable([lost, { kind: 'get', answer: undefined, start: 3, end: 4 }])).toBe(true);
  const both = (answer: boolean): Call[] => [
    { kind: 'cas', expected: undefined, value: 1, answer: true, start: 1, end: 4 },
    { kind: 'cas', expected: undefined, value: 2, answer, start: 2, end: 3 },
  ];
  expect(isLinearizable(both(false))).toBe(true);
  expect(isLinearizable(both(true))).toBe(false);
});
