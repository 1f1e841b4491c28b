import { expect, it } from 'vitest';

import { Attempts } from './attempts.js';

function attempts() {
  let now = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  return { of: new Attempts(() => now), pass };
}

it('lets an address that failed ten times wait for the rest of the minute', () => {
  const { of, pass } = attempts();
  for (let count = 0; count < 9; count += 1) of.failed('a');
  expect(of.waitSeconds('a')).toBe(0);
  pass(10_000);
  of.failed('a');
  expect(of.waitSeconds('a')).toBe(50);
  expect(of.waitSeconds('b')).toBe(0);
  pass(50_000);
  expect(of.waitSeconds('a')).toBe(0);
  of.failed('a');
  expect(of.waitSeconds('a')).toBe(0);
});

it('remembers only so many addresses', () => {
  const { of } = attempts();
  for (let count = 0; count < 10; count += 1) of.failed('first');
  for (let other = 0; other < 4_096; other += 1) of.failed(`address ${other}`);
  expect(of.waitSeconds('first')).toBe(0);
});
