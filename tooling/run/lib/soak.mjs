// The long runs, an hour or more together: for a night, or before a release. Each is a longer form of
// something that `npm test` looks at shortly.
import { join } from 'node:path';
import { bin, root, seconds, step } from './console.mjs';
import { build } from './prepare.mjs';
import { run } from './processes.mjs';

const sim = [process.execPath, join(root, 'packages', 'simulation', 'dist', 'sim.js')];
/** Seeds that no run of the tests has seen begin here, a day apart. */
const SEEDS_A_DAY = 100_000;

/** Answers an exit status. `--seeds N` draws so many instead of 20,000. */
export async function soak(args) {
  if ((await build()) !== 0) return 1;
  const seeds = args[0] === '--seeds' ? args[1] : '20000';
  const day = Math.floor(Date.now() / 86_400_000);
  const from = String(day * SEEDS_A_DAY);
  const runs = [
    { name: `${seeds} seeds from ${from}`, argv: [...sim, '--seeds', seeds, '--from', from] },
    { name: 'every planted defect is noticed', argv: [...sim, '--mutations'] },
    {
      name: 'the library and every recipe in virtual time',
      argv: [bin('vitest'), 'run', '--project', 'simulation', 'test/library'],
      env: { LIBRARY_RUNS: '60', LIBRARY_SEED: String(day) },
    },
    { name: 'a month of churn', argv: [...sim, '--month'] },
    {
      name: 'memory over a million events',
      argv: [bin('vitest'), 'run', '--project', 'client', 'test/heap'],
      env: { HEAP_EVENTS: '1000000' },
    },
  ];
  const failed = [];
  for (const { name, argv, env = {} } of runs) {
    step(name);
    const started = performance.now();
    const { code } = await run(argv, { env });
    console.log(`${code === 0 ? 'ok' : 'FAILED'} (${seconds(started)})`);
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) console.log(`\nfailed: ${failed.join('; ')}`);
  return failed.length === 0 ? 0 : 1;
}
