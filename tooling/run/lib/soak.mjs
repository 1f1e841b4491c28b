// The long runs, an hour or more together: for a night, or before a release. Each is a longer form of
// something that `npm test` looks at shortly. `--hours N` shares so much time among those that can go on for
// ever, and writes one report.
import { join } from 'node:path';
import { bin, root, seconds, step } from './console.mjs';
import { build } from './prepare.mjs';
import { run } from './processes.mjs';
import { soakFor } from './soak-hours.mjs';

const sim = [process.execPath, join(root, 'packages', 'simulation', 'dist', 'sim.js')];
/** Seeds that no run of the tests has seen begin here, a day apart. */
const SEEDS_A_DAY = 100_000;

/** Answers an exit status. `--seeds N` draws so many instead of 20,000; `--hours N` is a run of its own. */
export async function soak(args) {
  const at = args.indexOf('--hours');
  const hours = at === -1 ? undefined : Number(args[at + 1]);
  if (hours !== undefined && !(hours > 0)) {
    console.error('npm run soak -- --hours N [--report FILE]: N is a number above 0');
    return 2;
  }
  if ((await build()) !== 0) return 1;
  const day = Math.floor(Date.now() / 86_400_000);
  if (hours === undefined) return await once(args, day);
  const file = args.includes('--report') ? args[args.indexOf('--report') + 1] : undefined;
  return await soakFor({ hours, firstSeed: day * SEEDS_A_DAY, file });
}

/** Everything once, to its end. */
async function once(args, day) {
  const seeds = args[0] === '--seeds' ? args[1] : '20000';
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
