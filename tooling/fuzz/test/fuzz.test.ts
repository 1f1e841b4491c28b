import { expect, it } from 'vitest';

import { fuzz, sharesOf } from '../src/run.js';
import { TARGETS } from '../src/targets/all.js';

const INPUTS = 1_000;
const SLOW_INPUTS = 50;

it.each(TARGETS)('$name takes whatever comes', async (target) => {
  const share = target.isSlow === true ? SLOW_INPUTS : INPUTS;
  const { findings, inputs, accepted } = await fuzz(target, share, 1);
  expect(findings).toEqual([]);
  expect(inputs).toBe(share);
  // Some of it has to be good, or nothing behind the first check is reached.
  expect(accepted).toBeGreaterThan(0);
});

it('repeats itself, and tells what was found', async () => {
  const [target] = TARGETS;
  if (target === undefined) throw new Error('there are no targets');
  const seen: string[] = [];
  const read = (input: Uint8Array): boolean => {
    seen.push(Buffer.from(input).toString('hex'));
    if (seen.length % 50 === 0) throw new Error('found');
    return true;
  };
  const first = await fuzz({ ...target, read }, 100, 7);
  expect(first.findings.map(({ number, why }) => [number, why.split('\n')[0]])).toEqual([
    [49, 'Error: found'],
    [99, 'Error: found'],
  ]);
  expect(first.findings[0]?.input).toBe(seen[49]);
  const before = seen.splice(0);
  await fuzz({ ...target, read }, 100, 7);
  expect(seen).toEqual(before);
});

it('shares the inputs, and gives slow readers less', () => {
  const shares = sharesOf(TARGETS, 1_000_000);
  const given = shares.reduce((sum, share) => sum + share, 0);
  expect(given - 1_000_000).toBeLessThanOrEqual(TARGETS.length);
  expect(given).toBeGreaterThanOrEqual(1_000_000);
  const share = (name: string) => shares[TARGETS.findIndex((target) => target.name === name)] ?? 0;
  expect(Math.round(share('hello') / share('admin'))).toBe(20);
});
