import { startDomain, type TestDomain } from '@group-services/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Assignment, partition } from '../src/index.js';
import { shareOf } from '../src/partition/rendezvous.js';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

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
  const name = 'handed-over';
  const options = { keys: KEYS };
  const one = partition(await domain.connect('n1'), name, options)[Symbol.asyncIterator]();
  const whole = await next(one);
  expect([...whole.owned].sort()).toEqual([...KEYS].sort());
  const two = partition(await domain.connect('n2'), name, options)[Symbol.asyncIterator]();
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
  const name = 'let-go';
  const stop = new AbortController();
  const services = await domain.connect('n1');
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
