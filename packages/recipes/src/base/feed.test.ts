import { expect, it } from 'vitest';
import { Feed } from './feed.js';

it('hands each value to every reader, from when that was made', async () => {
  const feed = new Feed<string>();
  const early = feed.read();
  feed.push('a');
  const late = feed.read((value) => value !== 'b');
  const waiting = late.next();
  feed.push('b');
  feed.push('c');
  expect(await waiting).toEqual({ done: false, value: 'c' });
  const seen: string[] = [];
  for await (const value of { [Symbol.asyncIterator]: () => early }) {
    seen.push(value);
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['a', 'b', 'c']);
});

it('ends readers after what waits for them, and at once when they are left', async () => {
  const feed = new Feed<number>();
  const reader = feed.read();
  const left = feed.read();
  const waiting = left.next();
  await left.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  feed.push(1);
  feed.end();
  expect(await reader.next()).toEqual({ done: false, value: 1 });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(await feed.read().next()).toEqual({ done: true, value: undefined });
});
