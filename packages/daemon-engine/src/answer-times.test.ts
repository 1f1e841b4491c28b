import { expect, it } from 'vitest';
import { AnswerTimes } from './answer-times.js';

it('says how long answers take by the quickest of the last eight', () => {
  const times = new AnswerTimes();
  for (let index = 0; index < 7; index += 1) times.note(20, 20);
  expect(times.leastMs(20)).toBe(0);
  for (let index = 7; index < 15; index += 1) times.note(400 + index, 400 + index);
  expect(times.leastMs(500)).toBe(407);
  times.note(600, 600);
  expect(times.leastMs(600)).toBe(408);
});

it('knows nothing when no answer has come for long', () => {
  const times = new AnswerTimes();
  for (let index = 0; index < 8; index += 1) times.note(300, 600);
  expect([times.leastMs(5_599), times.leastMs(5_600)]).toEqual([300, 0]);
  times.note(1, 5_600);
  expect(times.leastMs(5_600)).toBe(0);
});
