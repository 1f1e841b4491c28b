import { NEVER, Rng } from '@group-services/core';
import { expect, test } from 'vitest';

import { NameServerDialling, type NameServerDiallingOutput } from './name-server-dialling.js';

const LEASE = 3_000;

function started(addresses = ['one']): NameServerDialling {
  const dialling = new NameServerDialling(addresses, new Rng(1));
  dialling.step({ kind: 'start' }, 0);
  return dialling;
}

/** Lets an attempt fail and says how long it waits then, and whom it dials. */
function failing(dialling: NameServerDialling, now: number): { wait: number; address: string } {
  expect(dialling.step({ kind: 'failed' }, now)).toEqual([{ kind: 'willRetry' }]);
  const at = dialling.deadline();
  expect(dialling.step({ kind: 'deadlineReached' }, at - 1)).toEqual([]);
  const [dial] = dialling.step({ kind: 'deadlineReached' }, at);
  return { wait: at - now, address: dial?.kind === 'dial' ? dial.address : '' };
}

test('addresses are tried in turn, and waits grow with the rounds up to a bound', () => {
  const dialling = started(['one', 'two']);
  const tried = Array.from({ length: 30 }, () => failing(dialling, 0));
  expect(tried.slice(0, 4).map(({ address }) => address)).toEqual(['two', 'one', 'two', 'one']);
  for (const [index, { wait }] of tried.entries()) {
    const longest = Math.min(5_000, 50 * 2 ** Math.floor((index + 1) / 2));
    expect(wait).toBeGreaterThanOrEqual(longest / 2);
    expect(wait).toBeLessThanOrEqual(longest);
  }
});

test('silence for a lease ends the connection, and whatever comes puts that off', () => {
  const dialling = started();
  dialling.step({ kind: 'welcomed', leaseMs: LEASE }, 0);
  dialling.step({ kind: 'heard' }, 2_000);
  expect(dialling.step({ kind: 'deadlineReached' }, LEASE)).toEqual([]);
  expect(dialling.deadline()).toBe(5_000);
  expect(dialling.step({ kind: 'deadlineReached' }, 5_000)).toEqual([{ kind: 'abort' }]);
  const [down] = dialling.step({ kind: 'lost' }, 5_001);
  expect(down).toEqual({ kind: 'down', why: 'the connection was lost' });
  expect(dialling.deadline()).toBeLessThanOrEqual(5_001 + LEASE / 3);
});

test('who is welcomed and turned away each time waits longer each time; who is served does not', () => {
  for (const isServed of [true, false]) {
    const dialling = started();
    let now = 0;
    let wait = 0;
    for (let round = 0; round < 12; round += 1) {
      dialling.step({ kind: 'welcomed', leaseMs: 60_000 }, now);
      dialling.step(isServed ? { kind: 'heard' } : { kind: 'closing', text: 'too many' }, now);
      const outputs = dialling.step({ kind: 'lost' }, now);
      if (!isServed) {
        const why = 'the name server has ended the connection: too many';
        expect(outputs).toEqual([{ kind: 'down', why }]);
      }
      wait = dialling.deadline() - now;
      now = dialling.deadline();
      dialling.step({ kind: 'deadlineReached' }, now);
    }
    if (isServed) expect(wait).toBeLessThanOrEqual(50);
    else expect(wait).toBeGreaterThanOrEqual(2_500);
  }
});

test('a definite refusal ends it; one that may pass, or of a certificate once accepted, does not', () => {
  const refused: readonly NameServerDiallingOutput[] = [{ kind: 'refused' }];
  const again: readonly NameServerDiallingOutput[] = [{ kind: 'willRetry' }];
  expect(started().step({ kind: 'failed', refusal: 'superseded' }, 0)).toEqual(refused);
  expect(started().step({ kind: 'failed', refusal: 'NOT_AUTHORIZED' }, 0)).toEqual(refused);
  expect(started().step({ kind: 'failed', refusal: 'stopping' }, 0)).toEqual(again);
  const known = started();
  known.step({ kind: 'welcomed', leaseMs: LEASE }, 0);
  known.step({ kind: 'lost' }, 10);
  expect(known.step({ kind: 'failed', refusal: 'NOT_AUTHORIZED' }, 20)).toEqual(again);
});

test('one that is not active says who is, and that one is tried at once, but no third', () => {
  const dialling = started(['one', 'two']);
  const advice = { kind: 'failed', refusal: 'NOT_ACTIVE', active: 'three' } as const;
  expect(dialling.step(advice, 0)).toEqual([{ kind: 'dial', address: 'three' }]);
  const back = { ...advice, active: 'one' } as const;
  expect(dialling.step(back, 0)).toEqual([{ kind: 'willRetry' }]);
  const [next] = dialling.step({ kind: 'deadlineReached' }, dialling.deadline());
  expect(next).toEqual({ kind: 'dial', address: 'two' });
  expect(dialling.step({ ...advice, active: 'two' }, 100)).toEqual([{ kind: 'willRetry' }]);
});

test('while they change places waits stay short, and grow if that takes too long', () => {
  const dialling = started(['one', 'two']);
  let now = 0;
  const waits = Array.from({ length: 200 }, (_, index) => {
    const refusal = index % 2 === 0 ? ('NOT_ACTIVE' as const) : undefined;
    dialling.step({ kind: 'failed', refusal }, now);
    const wait = dialling.deadline() - now;
    now += wait;
    dialling.step({ kind: 'deadlineReached' }, now);
    return { now, wait };
  });
  expect(waits.filter((it) => it.now < 10_000).every(({ wait }) => wait <= 200)).toBe(true);
  expect(waits.at(-1)?.wait).toBeGreaterThan(2_000);
});

test('once closed it does nothing more', () => {
  const dialling = started();
  dialling.step({ kind: 'welcomed', leaseMs: LEASE }, 0);
  dialling.step({ kind: 'close' }, 1);
  expect(dialling.deadline()).toBe(NEVER);
  expect(dialling.step({ kind: 'lost' }, 2)).toEqual([]);
  expect(dialling.step({ kind: 'failed' }, 3)).toEqual([]);
});
