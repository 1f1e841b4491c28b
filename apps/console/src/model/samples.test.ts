import { expect, it } from 'vitest';
import type { Counters } from '../api/answers.js';
import { sampled } from './samples.js';

function counters(at: number, messages: number, joins: number, over: object = {}): Counters {
  const protocols = [{ kind: 'join', outcome: 'approved', count: joins }];
  const phaseMs = [{ kind: 'barrier', classes: [0, joins], count: joins }];
  const counted = { at, messages, protocols, phaseMs, classesMs: [1, 2], retainedBytes: 7 };
  return { ...counted, loopDelay: null, memoryBytes: 1, processorMs: at / 10, ...over };
}

it('makes rates of two answers, and none of one', () => {
  const first = sampled([], counters(1_000, 10, 1));
  expect(first[0]).toMatchObject({ messagesPerSecond: null, retainedBytes: 7 });
  const second = sampled(first, counters(3_000, 30, 5))[1];
  expect(second).toMatchObject({ messagesPerSecond: 10, changesPerSecond: 2, processor: 0.1 });
  expect(second?.phaseMs[0]).toBeCloseTo(1.5);
});

it('begins anew when the program did, and forgets what is older than ten minutes', () => {
  const before = sampled(sampled([], counters(1_000, 10, 9)), counters(2_000, 10, 9));
  const again = sampled(before, counters(3_000, 0, 0));
  expect(again.at(-1)?.changesPerSecond).toBeNull();
  expect(sampled(again, counters(700_000, 0, 0)).map(({ at }) => at)).toEqual([700_000]);
});
