import { expect, test } from 'vitest';
import { measureScale } from '../src/scale/measure-scale.js';
import { scalePoints } from '../src/scale/show-scale.js';

const real = { clock: () => 0, idleMs: 4_000 };

test('B13: a domain of a size is formed, is idle, and loses two daemons', () => {
  const one = measureScale({ daemons: 5, groups: 1, providers: 3 }, real);
  const many = measureScale({ daemons: 5, groups: 20, providers: 3 }, real);
  // Signs of life go from daemon to daemon, however many groups two of them share.
  expect(many.idle.framesPerSecond).toBeLessThanOrEqual(4 * 4 + 2);
  expect(one.idle.framesPerSecond).toBeLessThan(many.idle.framesPerSecond);
  // A lease is renewed by as many bytes for each; what grows is only the numbers of frames.
  const { renewalBytesPerSecond } = one.idle;
  expect(many.idle.renewalBytesPerSecond).toBeLessThan(1.1 * renewalBytesPerSecond);
  expect(many.killed.groups).toBeGreaterThan(5);
  expect(many.vanished.groups).toBeGreaterThan(5);
  for (const { killed, vanished } of [one, many]) {
    // The kernel tells at once; silence is heard after --suspect-after, and the name server asks once more.
    expect(killed.toldMs).toBeLessThan(100);
    expect(vanished.toldMs).toBeGreaterThan(500);
    expect(vanished.toldMs).toBeLessThan(2_500);
  }
});

test('a point has three numbers, and is of two daemons at least', () => {
  expect(scalePoints('10/100/3,30/1/64')).toEqual([
    { daemons: 10, groups: 100, providers: 3 },
    { daemons: 30, groups: 1, providers: 64 },
  ]);
  for (const text of ['10', '10/100', '1/1/3', '3/0/3', '3/1/1', '3/1/3/4', 'a/b/c', '3/1/3,']) {
    expect(scalePoints(text)).toBeUndefined();
  }
});
