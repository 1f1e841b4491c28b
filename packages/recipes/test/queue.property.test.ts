import { GroupServicesError } from '@group-services/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queue, type WorkQueue } from '../src/index.js';
import { Chaos, faults, RUNS } from './support/chaos.js';

let chaos: Chaos;
beforeAll(async () => {
  chaos = await Chaos.start();
});
afterAll(() => chaos[Symbol.asyncDispose]());

const PROCESSES = 3;
const STEPS = 8;

const step = fc.constantFrom('push' as const, 'ack' as const, 'ack' as const, 'nack' as const);

/** What is certain of each item, and what is not. */
class Books {
  readonly pushed = new Set<string>();
  readonly mayBePushed = new Set<string>();
  readonly acked: string[] = [];
  readonly mayBeAcked = new Set<string>();
}

async function run(
  work: WorkQueue<string>,
  steps: readonly ('push' | 'ack' | 'nack')[],
  books: Books,
  label: string,
): Promise<void> {
  for (const [index, each] of steps.entries()) {
    const item = `${label}.${index}`;
    let taken: string | undefined;
    try {
      if (each === 'push') {
        books.mayBePushed.add(item);
        await work.push(item);
        books.pushed.add(item);
      } else {
        const delivery = await work.take({ timeout: 20 });
        taken = delivery.item;
        // What is certain is never handed out again.
        expect(books.acked).not.toContain(taken);
        if (each === 'nack') await delivery.nack();
        else {
          await delivery.ack();
          books.acked.push(taken);
        }
      }
    } catch (error) {
      if (!(error instanceof GroupServicesError)) throw error;
      if (taken !== undefined && each === 'ack' && error.code !== 'REMOVED') {
        books.mayBeAcked.add(taken);
      }
    }
    chaos.called();
  }
}

it('loses no item and acknowledges none twice, whatever fails', {
  timeout: 10_000 * RUNS,
}, async () => {
  const plans = fc.array(fc.array(step, { minLength: STEPS, maxLength: STEPS }), {
    minLength: PROCESSES,
    maxLength: PROCESSES,
  });
  await fc.assert(
    fc.asyncProperty(plans, faults(PROCESSES * STEPS), async (processes, plan) => {
      const name = chaos.begin();
      const queues: WorkQueue<string>[] = [];
      for (const index of processes.keys()) {
        queues.push(await queue<string>(chaos.where(index), name));
      }
      const books = new Books();
      let over = false;
      const striking = chaos.strike(plan, () => over);
      await Promise.all(
        queues.map((work, index) => run(work, processes[index] ?? [], books, `p${index}`)),
      );
      over = true;
      chaos.called();
      await striking;
      const rest = await drain(queues);
      expect(new Set(books.acked).size).toBe(books.acked.length);
      expect(rest.filter((item) => books.acked.includes(item))).toEqual([]);
      expect(new Set(rest).size).toBe(rest.length);
      const known = new Set([...rest, ...books.acked, ...books.mayBeAcked]);
      expect([...books.pushed].filter((item) => !known.has(item))).toEqual([]);
      expect([...known].filter((item) => !books.mayBePushed.has(item))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

/** Everything that is left, once only the process that is spared is there. */
async function drain(queues: readonly WorkQueue<string>[]): Promise<string[]> {
  const [last, ...others] = [...queues].reverse();
  if (last === undefined) return [];
  await Promise.all(others.map((each) => each[Symbol.asyncDispose]()));
  await last.push('end');
  const rest: string[] = [];
  for (;;) {
    const delivery = await last.take();
    await delivery.ack();
    if (delivery.item === 'end') break;
    rest.push(delivery.item);
  }
  await last[Symbol.asyncDispose]();
  return rest;
}
