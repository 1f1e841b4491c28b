import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.js';

it('is a queue that counts bytes, whatever is done to it', () => {
  const actions = fc.array(fc.oneof(fc.nat({ max: 100 }), fc.constant('shift' as const)), {
    maxLength: 5000,
    size: 'max',
  });
  fc.assert(
    fc.property(actions, (list) => {
      const queue = new EventQueue<number>();
      const model: number[] = [];
      for (const action of list) {
        if (action === 'shift') expect(queue.shift()).toBe(model.shift());
        else {
          queue.push(action, action);
          model.push(action);
        }
        expect(queue.length).toBe(model.length);
      }
      expect(queue.bytes).toBe(model.reduce((sum, bytes) => sum + bytes, 0));
    }),
    { numRuns: 30 },
  );
});

it('keeps order over many events in a row', () => {
  const queue = new EventQueue<number>();
  for (let round = 0; round < 10; round += 1) {
    for (let i = 0; i < 1000; i += 1) queue.push(round * 1000 + i, 1);
    for (let i = 0; i < 1000; i += 1) expect(queue.shift()).toBe(round * 1000 + i);
  }
  expect(queue.shift()).toBeUndefined();
  expect(queue.bytes).toBe(0);
});
