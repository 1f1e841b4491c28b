import { expect, it } from 'vitest';

import { fuzz } from '../src/run.js';
import { TARGETS } from '../src/targets.js';

const INPUTS = 1_000;

it.each(TARGETS)('$name takes whatever comes', (target) => {
  const { findings, inputs, accepted } = fuzz(target, INPUTS, 1);
  expect(findings).toEqual([]);
  expect(inputs).toBe(target.isSlow === true ? INPUTS / 20 : INPUTS);
  // Some of it has to be good, or nothing behind the first check is reached.
  expect(accepted).toBeGreaterThan(0);
});

it('repeats itself, and tells what was found', () => {
  const [target] = TARGETS;
  if (target === undefined) throw new Error('there are no targets');
  const seen: string[] = [];
  const read = (input: Uint8Array): boolean => {
    seen.push(Buffer.from(input).toString('hex'));
    if (seen.length % 50 === 0) throw new Error('found');
    return true;
  };
  const first = fuzz({ ...target, read }, 100, 7);
  expect(first.findings.map(({ number, why }) => [number, why.split('\n')[0]])).toEqual([
    [49, 'Error: found'],
    [99, 'Error: found'],
  ]);
  expect(first.findings[0]?.input).toBe(seen[49]);
  const before = seen.splice(0);
  fuzz({ ...target, read }, 100, 7);
  expect(seen).toEqual(before);
});
