import { GroupServicesError } from '@group-services/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lock, type Mutex, mutex } from '../src/index.js';
import { Chaos, faults, RUNS } from './support/chaos.js';

let chaos: Chaos;
beforeAll(async () => {
  chaos = await Chaos.start();
});
afterAll(() => chaos[Symbol.asyncDispose]());

const ROUNDS = 3;

it('has one holder for each fence, whatever fails', { timeout: 10_000 * RUNS }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), faults(8), async (processes, plan) => {
      const name = chaos.begin();
      const fences = new Set<string>();
      /** Those who hold it and whose connection nobody has broken. */
      const holders = new Map<number, Lock>();
      chaos.onLoss = (index) => void holders.delete(index);
      const run = async (handle: Mutex, index: number): Promise<void> => {
        for (let round = 0; round < ROUNDS; round += 1) {
          try {
            const lock = await handle.acquire();
            expect(fences.has(lock.fence)).toBe(false);
            // Whoever had it before had a smaller one, and has it no more.
            if (!lock.signal.aborted) {
              expect([...fences].filter((fence) => fence > lock.fence)).toEqual([]);
              expect([...holders.keys()]).toEqual([]);
              holders.set(index, lock);
            }
            fences.add(lock.fence);
            await new Promise((resolve) => setImmediate(resolve));
            if (holders.get(index) === lock) holders.delete(index);
            await lock.release();
          } catch (error) {
            if (!(error instanceof GroupServicesError)) throw error;
          }
          chaos.called();
        }
      };
      const handles: Mutex[] = [];
      for (let index = 0; index < processes; index += 1) {
        handles.push(await mutex(chaos.where(index), name));
      }
      let over = false;
      const striking = chaos.strike(plan, () => over);
      await Promise.all(handles.map(run));
      over = true;
      chaos.called();
      await striking;
      await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
    }),
    { numRuns: RUNS },
  );
});
