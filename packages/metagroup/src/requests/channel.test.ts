import { Rng } from '@group-services/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChannelReceiver, ChannelSender, type Item } from './channel.js';

const RETRY_MS = 50;

/** Items that cross a link that loses, duplicates and reorders, in both directions. */
function transfer(seed: number, count: number): { received: number[]; rounds: number } {
  const rng = new Rng(seed);
  const sender = new ChannelSender({ waitMs: () => RETRY_MS });
  const receiver = new ChannelReceiver(RETRY_MS / 4);
  const received: number[] = [];
  let link: Item[] = [];
  let acknowledgements: number[] = [];
  const cross = <T>(items: T[]): T[] =>
    items
      .flatMap((item) => (rng.chance(0.3) ? [] : rng.chance(0.2) ? [item, item] : [item]))
      .sort(() => rng.next() - 0.5);
  let now = 0;
  let added = 0;
  for (; received.length < count && now < 100_000; now += 5) {
    for (let index = 0; added < count && index < rng.between(0, 20); index += 1) {
      added += 1;
      link.push(sender.add(added, new Uint8Array(), now));
    }
    for (const item of cross(link)) {
      if (!receiver.take(item, now)) continue;
      received.push(item.n);
      for (let next = receiver.next(); next !== undefined; next = receiver.next()) {
        received.push(next.n);
      }
    }
    const due = receiver.due(now);
    if (due !== undefined) acknowledgements.push(due);
    for (const index of cross(acknowledgements)) sender.acknowledged(index, now);
    acknowledgements = [];
    link = [...sender.due(now)];
  }
  return { received, rounds: now / 5 };
}

test('M9: what goes in comes out once and in order, whatever the link does', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 600 }), (seed, count) => {
      const { received } = transfer(seed, count);
      expect(received).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }),
    { numRuns: 100 },
  );
});

test('timers run only while something is not acknowledged', () => {
  const sender = new ChannelSender({ waitMs: () => RETRY_MS });
  const receiver = new ChannelReceiver(10);
  expect([sender.deadline, receiver.deadline]).toEqual([Infinity, Infinity]);
  const item = sender.add(7, new Uint8Array(), 0);
  expect(sender.deadline).toBe(50);
  expect(receiver.take(item, 3)).toBe(true);
  expect(receiver.deadline).toBe(13);
  expect(receiver.due(12)).toBeUndefined();
  expect(receiver.due(13)).toBe(1);
  expect(receiver.deadline).toBe(Infinity);
  sender.acknowledged(1, 14);
  expect(sender.deadline).toBe(Infinity);
  expect(sender.due(1_000)).toEqual([]);
});

test('a repeated item is acknowledged again, since the acknowledgement may be what was lost', () => {
  const sender = new ChannelSender({ waitMs: () => RETRY_MS });
  const receiver = new ChannelReceiver(10);
  const item = sender.add(1, new Uint8Array(), 0);
  receiver.take(item, 0);
  receiver.due(10);
  expect(sender.due(50)).toEqual([item]);
  expect(receiver.take(item, 51)).toBe(false);
  expect(receiver.due(61)).toBe(1);
});

test('what is held ahead of a missing item is bounded', () => {
  const sender = new ChannelSender({ waitMs: () => RETRY_MS });
  const receiver = new ChannelReceiver(10);
  const items = Array.from({ length: 1_000 }, (_, n) => sender.add(n, new Uint8Array(), 0));
  for (const item of items.slice(1)) receiver.take(item, 0);
  expect(receiver.take(items[0] as Item, 0)).toBe(true);
  let held = 0;
  while (receiver.next() !== undefined) held += 1;
  expect(held).toBe(255);
});
