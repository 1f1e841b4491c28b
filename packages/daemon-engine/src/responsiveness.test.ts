import { NEVER } from '@group-services/core';
import { expect, it } from 'vitest';
import { Responsiveness } from './responsiveness.js';

const TIMES = { intervalMs: 1_000, timeoutMs: 200 };

/** A process that was pinged at 1,000 and has not answered. */
function pinged(): Responsiveness {
  const engine = new Responsiveness();
  engine.monitor(7, TIMES, 0);
  expect(engine.onDeadline(1_000)).toEqual([{ kind: 'ping', client: 7, n: 1 }]);
  return engine;
}

it('M33: pings at the interval while answers come in time', () => {
  const engine = pinged();
  expect(engine.deadline()).toBe(1_200);
  expect(engine.pong(7, { n: 1, ok: true }, 1_050)).toBeUndefined();
  expect(engine.deadline()).toBe(2_000);
  expect(engine.onDeadline(1_999)).toEqual([]);
  expect(engine.onDeadline(2_000)).toEqual([{ kind: 'ping', client: 7, n: 2 }]);
});

it('M33: a missing answer is found once, and no further ping is sent', () => {
  const engine = pinged();
  expect(engine.onDeadline(1_200)).toEqual([{ kind: 'found', client: 7, finding: 'unresponsive' }]);
  expect(engine.healthOf(7)).toBe('unresponsive');
  expect(engine.deadline()).toBe(NEVER);
});

it('M33: a late answer makes the process responsive again, and the next ping is due', () => {
  const engine = pinged();
  engine.onDeadline(1_200);
  expect(engine.pong(7, { n: 1, ok: true }, 5_000)).toBe('responsive-again');
  expect(engine.onDeadline(5_000)).toEqual([{ kind: 'ping', client: 7, n: 2 }]);
});

it('M33: what the process says against itself is found once, until it is well again', () => {
  const engine = pinged();
  expect(engine.pong(7, { n: 1, ok: false }, 1_001)).toBe('self-reported-error');
  engine.onDeadline(2_000);
  expect(engine.pong(7, { n: 2, ok: false }, 2_001)).toBeUndefined();
  engine.onDeadline(3_000);
  expect(engine.pong(7, { n: 3, ok: true }, 3_001)).toBe('responsive-again');
});

it('M33: a silent process that answers badly goes from one finding to the other', () => {
  const engine = pinged();
  engine.onDeadline(1_200);
  expect(engine.pong(7, { n: 1, ok: false }, 1_300)).toBe('self-reported-error');
  engine.onDeadline(2_300);
  expect(engine.onDeadline(2_500)).toEqual([{ kind: 'found', client: 7, finding: 'unresponsive' }]);
});

it('answers to other pings count nothing', () => {
  const engine = pinged();
  expect(engine.pong(7, { n: 9, ok: false }, 1_100)).toBeUndefined();
  expect(engine.pong(8, { n: 1, ok: false }, 1_100)).toBeUndefined();
  expect(engine.healthOf(7)).toBe('fine');
  expect(engine.deadline()).toBe(1_200);
});

it('a daemon that was late itself waits once more before it accuses', () => {
  const engine = pinged();
  expect(engine.onDeadline(9_000)).toEqual([]);
  expect(engine.deadline()).toBe(9_200);
  expect(engine.onDeadline(20_000)).toEqual([
    { kind: 'found', client: 7, finding: 'unresponsive' },
  ]);
});

it('forgets a process that is gone', () => {
  const engine = pinged();
  engine.forget(7);
  expect(engine.deadline()).toBe(NEVER);
  expect(engine.healthOf(7)).toBeUndefined();
  expect(engine.onDeadline(1_200)).toEqual([]);
});
