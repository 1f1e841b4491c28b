import { GroupServicesError } from '@group-services/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Assignment, partition } from '../src/index.js';
import { shareOf } from '../src/partition/rendezvous.js';
import { Chaos, faults, RUNS } from './support/chaos.js';

let chaos: Chaos;
beforeAll(async () => {
  chaos = await Chaos.start();
});
afterAll(() => chaos[Symbol.asyncDispose]());

const KEYS = Array.from({ length: 60 }, (_, index) => `key-${index}`);

async function next(assignments: AsyncIterator<Assignment>): Promise<Assignment> {
  const { value, done } = await assignments.next();
  if (done) throw new Error('the partition is over');
  return value;
}

it('moves as few keys as possible, and shares by weight', () => {
  const ids = fc.uniqueArray(
    fc.nat(99).map((n) => `n1/w1-${n}`),
    { minLength: 2, maxLength: 6 },
  );
  fc.assert(
    fc.property(ids, (members) => {
      const [newcomer = '', ...before] = members;
      const all = members.flatMap((id) => shareOf(id, members, KEYS));
      expect([...all].sort()).toEqual([...KEYS].sort());
      for (const id of before) {
        const lost = shareOf(id, before, KEYS).filter(
          (key) => !shareOf(id, members, KEYS).includes(key),
        );
        const taken = shareOf(newcomer, members, KEYS);
        expect(lost.filter((key) => !taken.includes(key))).toEqual([]);
        expect(shareOf(id, before, KEYS)).toEqual(
          expect.arrayContaining([...shareOf(id, members, KEYS)]),
        );
      }
    }),
  );
  const many = Array.from({ length: 4_000 }, (_, index) => String(index));
  const light = shareOf('n1/w1-a', ['n1/w1-a', 'n1/w3-b'], many).length;
  expect(light / many.length).toBeGreaterThan(0.2);
  expect(light / many.length).toBeLessThan(0.3);
});

it('gives a newcomer its keys when the others have let go of them', async () => {
  const name = chaos.begin();
  const options = { keys: KEYS };
  const one = partition(await chaos.domain.connect('n1'), name, options)[Symbol.asyncIterator]();
  const whole = await next(one);
  expect([...whole.owned].sort()).toEqual([...KEYS].sort());
  const two = partition(await chaos.domain.connect('n2'), name, options)[Symbol.asyncIterator]();
  const coming = next(two);
  let came = false;
  void coming.then(() => {
    came = true;
  });
  const less = await next(one);
  expect(whole.signal.aborted).toBe(true);
  expect([...less.owned, ...less.lost].sort()).toEqual([...KEYS].sort());
  expect(less.gained).toEqual([]);
  expect(came).toBe(false);
  const again = next(one);
  const share = await coming;
  expect([...share.owned].sort()).toEqual([...less.lost].sort());
  expect(share.fence > whole.fence).toBe(true);
  await two.return?.();
  const all = await again;
  expect([...all.gained].sort()).toEqual([...less.lost].sort());
  await one.return?.();
});

it('refuses other keys, and lets go of everything by its signal', async () => {
  const name = chaos.begin();
  const stop = new AbortController();
  const services = await chaos.domain.connect('n1');
  const seen: Assignment[] = [];
  for await (const assignment of partition(services, name, { keys: ['a'], signal: stop.signal })) {
    seen.push(assignment);
    if (seen.length > 1) continue;
    const other = partition(services, name, { keys: ['b'] })[Symbol.asyncIterator]();
    await expect(other.next()).rejects.toMatchObject({ code: 'ATTRIBUTE_MISMATCH' });
    stop.abort();
  }
  expect(seen.map(({ owned, lost }) => [owned, lost])).toEqual([
    [['a'], []],
    [[], ['a']],
  ]);
});

/** Who has what, as far as they have been told; those that were lost have nothing any more. */
class Ledger {
  readonly #owners = new Map<string, string>();
  /** Who had a key last, and by which fence. */
  readonly #last = new Map<string, { readonly who: string; readonly fence: string }>();

  gained(who: string, { gained, fence }: Assignment): void {
    for (const key of gained) {
      expect(this.#owners.get(key)).toBeUndefined();
      // Who lets go for a newcomer that does not come gets it back by the fence of the same list.
      const last = this.#last.get(key) ?? { who: '', fence: '' };
      expect(last.who === who ? fence >= last.fence : fence > last.fence).toBe(true);
      this.#owners.set(key, who);
      this.#last.set(key, { who, fence });
    }
  }

  released(who: string, keys: readonly string[]): void {
    for (const key of keys) if (this.#owners.get(key) === who) this.#owners.delete(key);
  }

  lost(process: string): void {
    for (const [key, who] of this.#owners) if (who.startsWith(process)) this.#owners.delete(key);
  }

  /** Whether all keys are owned, and so many processes own some. */
  isSettled(processes: number): boolean {
    const owners = new Set([...this.#owners.values()].map((who) => who.split(' ')[0]));
    return this.#owners.size === KEYS.length && owners.size === processes;
  }
}

it('never gives a key to two owners, whatever fails', { timeout: 10_000 * RUNS }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3, max: 5 }),
      faults(12, ['kill']),
      async (processes, plan) => {
        const name = chaos.begin();
        const ledger = new Ledger();
        const stop = new AbortController();
        let settled = (): void => {};
        const run = async (index: number): Promise<void> => {
          const options = { keys: KEYS, signal: stop.signal };
          let epoch = 0;
          for await (const assignment of partition(chaos.where(index), name, options)) {
            const who = `p${index}. ${epoch}`;
            ledger.released(who, assignment.lost);
            if (assignment.owned.length === 0) epoch += 1;
            ledger.gained(`p${index}. ${epoch}`, assignment);
            chaos.called();
            settled();
          }
        };
        chaos.onLoss = (index) => ledger.lost(`p${index}.`);
        const running = Array.from({ length: processes }, (_, index) => run(index));
        let over = false;
        const striking = chaos.strike(plan, () => over);
        const isOver = async (): Promise<void> => {
          await new Promise<void>((resolve, reject) => {
            Promise.all(running).catch(reject);
            settled = () => {
              if (ledger.isSettled(processes)) resolve();
            };
            settled();
          });
        };
        await isOver();
        over = true;
        chaos.called();
        await striking;
        await isOver();
        stop.abort();
        await Promise.all(running).catch((error: unknown) => {
          if (!(error instanceof GroupServicesError)) throw error;
        });
      },
    ),
    { numRuns: RUNS },
  );
});
