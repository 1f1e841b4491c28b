import { expect, test } from 'vitest';
import type { Branch } from '../src/index.js';
import { RandomRun } from './harness/random-run.js';

const SEEDS = Number(process.env['METAGROUP_SEEDS'] ?? 300);
const TRACE = process.env['METAGROUP_TRACE'] !== undefined;
const FIRST = Number(process.env['METAGROUP_FIRST_SEED'] ?? 1);

test(
  `M5 M6 M7 M8 M9 M12 M14 B3 B4: ${SEEDS} random runs keep every invariant`,
  () => {
    const branches = new Map<Branch, number>();
    let deliveries = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const run = new RandomRun(seed);
      if (TRACE) run.trace = (line) => process.stdout.write(`${line}\n`);
      try {
        run.run();
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
      deliveries += run.checks.deliveries;
      for (const [name, count] of run.checks.branches) {
        branches.set(name, (branches.get(name) ?? 0) + count);
      }
    }
    if (process.env['METAGROUP_BRANCHES'] !== undefined) {
      process.stdout.write(`${deliveries} deliveries\n`);
      for (const [name, count] of [...branches].sort()) process.stdout.write(`${name} ${count}\n`);
    }
    expect(deliveries).toBeGreaterThan(SEEDS);
    // The paths on which holes were found are really walked.
    for (const name of [
      'takeover',
      'retakeover',
      'fetch',
      'joiner-promised',
      'handover',
      'stale',
    ] as const) {
      expect([name, branches.has(name)]).toEqual([name, true]);
    }
  },
  Math.max(60_000, SEEDS * 1_000),
);

test('one seed gives one run', () => {
  const transcript = (): string => {
    const run = new RandomRun(3);
    const lines: string[] = [];
    run.trace = (line) => lines.push(line);
    run.run();
    return lines.join('\n');
  };
  expect(transcript()).toBe(transcript());
});
