// Fresh seeds and faults on real programs in turn, until the time is over; then one report of all of it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, step } from './console.mjs';
import { run } from './processes.mjs';
import { report } from './soak-report.mjs';

const sim = [process.execPath, join(root, 'packages', 'simulation', 'dist', 'sim.js')];
const chaos = [process.execPath, join(root, 'tooling', 'testbed', 'dist', 'chaos.js')];
/** Where reports and transcripts go; git does not see it. */
const folder = join(root, 'test-results', 'soak');

/** Of each turn: so many seeds of each kind, and so many minutes on real programs. */
const SEEDS = 100;
const LEAD_SEEDS = 200;
const CHAOS_MINUTES = 6;
/** What a chaos run ends with where no testbed can be made. */
const NO_TESTBED = 3;

/** Answers an exit status: 1 when anything was found. */
export async function soakFor({ hours, firstSeed, file = join(folder, 'report.md') }) {
  mkdirSync(folder, { recursive: true });
  const started = new Date();
  const end = performance.now() + hours * 3_600_000;
  const parts = { seeds: [], lead: [], chaos: [], library: [] };
  for (let turn = 0; performance.now() < end; turn += 1) {
    for (const [name, work] of Object.entries(works(firstSeed, turn))) {
      const left = (end - performance.now()) / 60_000;
      if (left <= 0) break;
      step(`${name}, turn ${turn + 1} (${Math.ceil(left)} minutes left)`);
      parts[name].push(await work(left));
      writeFileSync(file, report({ started, parts }));
    }
  }
  console.log(`\n${readFileSync(file, 'utf8')}\nThe report: ${file}`);
  return Object.values(parts)
    .flat()
    .some(({ failed }) => failed.length > 0)
    ? 1
    : 0;
}

/** Of one turn. Every turn has seeds of its own. */
function works(firstSeed, turn) {
  return {
    seeds: () => seeds([], firstSeed + turn * SEEDS, SEEDS),
    chaos: (left) => faults(firstSeed + turn * 1000, Math.min(left, CHAOS_MINUTES)),
    lead: () => seeds(['--lead'], firstSeed + turn * LEAD_SEEDS, LEAD_SEEDS),
    library: () => plays(firstSeed + turn),
  };
}

async function seeds(kind, from, count) {
  const range = ['--seeds', String(count), '--from', String(from)];
  const { code, output } = await run([...sim, ...kind, ...range, '--keep-going'], { quiet: true });
  if (code !== 0) console.log(output);
  // That some course was never taken is a question for 20,000 seeds, not for 200.
  const failed = [...output.matchAll(/^.*\bseed (\d+)\b.*(?:fail|broke).*$/gim)].map(
    ([line]) => line,
  );
  return { count, from, failed };
}

async function faults(seed, minutes) {
  const file = join(folder, `chaos-${seed}.json`);
  const { code } = await run([
    ...chaos,
    ...['--minutes', String(minutes), '--seed', String(seed)],
    ...['--report', file, '--transcripts', folder],
  ]);
  if (code === NO_TESTBED) return { campaigns: [], failed: [], isSkipped: true };
  const campaigns = JSON.parse(readFileSync(file, 'utf8'));
  const failed = campaigns
    .filter(({ failure }) => failure !== null)
    .map((one) => `seed ${one.seed} (${one.plan}): ${one.failure}`);
  return { campaigns, failed };
}

async function plays(seed) {
  const { code, output } = await run(
    [bin('vitest'), 'run', '--project', 'simulation', 'test/library'],
    { quiet: true, env: { LIBRARY_RUNS: '5', LIBRARY_SEED: String(seed) } },
  );
  if (code !== 0) console.log(output);
  return { seed, failed: code === 0 ? [] : [`LIBRARY_SEED=${seed}`] };
}
