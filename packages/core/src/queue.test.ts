import { expect, test } from 'vitest';
import { Queue } from './queue.js';

test('first in, first out, over many times its length', () => {
  const queue = new Queue<number>();
  const taken: (number | undefined)[] = [];
  for (let i = 0; i < 500; i += 1) {
    queue.push(i);
    if (i % 3 !== 0) taken.push(queue.shift());
  }
  while (queue.length > 0) taken.push(queue.shift());
  expect(taken).toEqual([...Array(500).keys()]);
  expect(queue.shift()).toBeUndefined();
});

test('what matches is taken out, the rest keeps its order', () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 6; i += 1) queue.push(i);
  queue.shift();
  expect(queue.removeAll((item) => item % 2 === 0)).toEqual([2, 4]);
  expect([...queue]).toEqual([1, 3, 5]);
  expect(queue.peek()).toBe(1);
});
