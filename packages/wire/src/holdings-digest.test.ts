import type { GroupName, MembershipId } from '@group-services/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Held, HoldingsDigest } from './holdings-digest.js';

const held = fc.record({
  group: fc.constantFrom('a', 'b', 'ü', 'orders').map((name) => name as GroupName),
  generation: fc.nat(3),
  version: fc.nat(3),
  membership: fc.constantFrom('n1.7.1', 'n1.7.2', 'n2.7.1').map((id) => id as MembershipId),
});

test('is that of what is held, in whatever order it came and whatever went', () => {
  fc.assert(
    fc.property(fc.array(held), fc.array(held), (stays, goes) => {
      const digest = new HoldingsDigest();
      for (const one of [...goes, ...stays]) digest.add(one);
      for (const one of [...goes].reverse()) digest.remove(one);
      expect(digest.text).toBe(HoldingsDigest.of([...stays].reverse()));
    }),
  );
});

test('is another one if anything of a holding is', () => {
  const one = { group: 'orders', generation: 7, version: 3, membership: 'n1.7.1' } as Held;
  const others: Held[] = [
    { ...one, group: 'orderr' as GroupName },
    { ...one, generation: 8 },
    { ...one, version: 4 },
    { ...one, membership: 'n1.7.2' as MembershipId },
  ];
  const texts = [[one], [], [one, one], ...others.map((other) => [other])].map((all) =>
    HoldingsDigest.of(all),
  );
  expect(new Set(texts).size).toBe(texts.length);
});

/** Other implementations count on these. */
test('is what docs/WIRE.md says', () => {
  expect(HoldingsDigest.of([])).toBe('0'.repeat(32));
  const one = { group: 'orders', generation: 7, version: 3, membership: 'n1.7.1' } as Held;
  expect(HoldingsDigest.of([one])).toBe('71f3421ec6b0ed500f33506c06904c9b');
});

test('does not repeat itself over many holdings in any of its parts', () => {
  const seen = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()];
  const count = 5_000;
  for (let no = 0; no < count; no += 1) {
    const one = { group: `g${no % 100}`, generation: no, version: 1, membership: 'n1.7.1' } as Held;
    const text = HoldingsDigest.of([one]);
    for (const [lane, of] of seen.entries()) of.add(text.slice(8 * lane, 8 * lane + 8));
  }
  // Of 5,000 numbers of 32 bits two are alike once in three hundred draws: some, never many.
  for (const lane of seen) expect(lane.size).toBeGreaterThan(count - 4);
});
