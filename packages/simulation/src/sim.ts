import { parseArgs } from 'node:util';
import { Counters } from './counters.js';
import { runSeed, type SeedResult } from './run-seed.js';
import { showMonth } from './show-month.js';

/** The program behind `npm run sim`: many seeds with a progress line, or one seed with its trace. */

const USAGE = `npm run sim -- [--seeds N] [--from S] [--keep-going]   run N seeds from S on
npm run sim -- --seed X [--trace] [--only WORD,WORD]   run one seed, with everything that happens
npm run sim -- --month [--days N]                      one domain over a month of churn: what it keeps
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'keep-going': { type: 'boolean', default: false },
    month: { type: 'boolean', default: false },
    days: { type: 'string', default: '30' },
    help: { type: 'boolean', default: false },
  },
});

// Whoever reads the output may stop reading, as `head` does.
process.stdout.on('error', () => process.exit());

main();

function main(): void {
  if (values.help) {
    print(USAGE);
    return;
  }
  if (values.month) {
    process.exitCode = showMonth(Number(values.days), print) ? 0 : 1;
    return;
  }
  if (values.seed === undefined) {
    process.exitCode = runMany(Number(values.from), Number(values.seeds)) === 0 ? 0 : 1;
    return;
  }
  const words = values.only.split(',').filter((word) => word !== '');
  const follow = (line: string): void => {
    if (words.length === 0 || words.some((word) => line.includes(word))) print(`${line}\n`);
  };
  const result = runSeed({ seed: Number(values.seed), ...(values.trace ? { follow } : {}) });
  print(`\nprofile ${JSON.stringify(result.profile, null, 2)}\n`);
  summary(result.counters, new Map());
  if (result.failure === undefined)
    print(`seed ${result.seed} is clean, digest ${result.digest}\n`);
  else showFailure(result, 40);
  process.exitCode = result.failure === undefined ? 0 : 1;
}

/** Gives the number of seeds that failed. */
function runMany(from: number, seeds: number): number {
  const started = performance.now();
  const totals = new Counters();
  const failures = new Map<string, number[]>();
  let virtualMs = 0;
  let failed = 0;
  let shownAt = started;
  for (let done = 1; done <= seeds; done += 1) {
    const result = runSeed({ seed: from + done - 1 });
    virtualMs += result.virtualMs;
    totals.add(result.counters);
    if (result.failure !== undefined) {
      failed += 1;
      const known = failures.get(result.failure.checker) ?? [];
      failures.set(result.failure.checker, [...known, result.seed]);
      showFailure(result, values['keep-going'] ? 0 : undefined);
      if (!values['keep-going']) break;
    }
    if (performance.now() - shownAt > 1000 || done === seeds) {
      shownAt = performance.now();
      progress({ done, seeds, failed, virtualMs, seconds: (shownAt - started) / 1000 });
    }
  }
  print('\n');
  summary(totals, failures);
  return failed;
}

function progress(state: {
  readonly done: number;
  readonly seeds: number;
  readonly failed: number;
  readonly virtualMs: number;
  readonly seconds: number;
}): void {
  const rate = (state.done / state.seconds).toFixed(1);
  const hours = (state.virtualMs / 3_600_000).toFixed(2);
  const text = `${state.done}/${state.seeds} seeds, ${state.failed} failed, ${rate}/s, ${hours} virtual hours`;
  print(process.stderr.isTTY ? `\r${text}` : `${text}\n`);
}

function summary(totals: Counters, failures: ReadonlyMap<string, readonly number[]>): void {
  print('faults injected and branches reached:\n');
  for (const [name, count] of totals.entries()) print(`  ${String(count).padStart(10)}  ${name}\n`);
  for (const [checker, seeds] of failures) {
    print(`${checker}: ${seeds.length} seeds, ${seeds.slice(0, 12).join(' ')}\n`);
  }
}

function showFailure({ seed, failure }: SeedResult, lines: number | undefined): void {
  if (failure === undefined) return;
  const tail = lines === undefined ? failure.timeline : failure.timeline.slice(-lines);
  if (lines !== 0) print(`\n${tail.join('\n')}\n`);
  print(`\nseed ${seed} fails: ${failure.text}\n`);
  if (lines !== 0) print(`again with everything: npm run sim -- --seed ${seed} --trace\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}
