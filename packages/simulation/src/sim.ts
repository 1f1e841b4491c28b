import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { showLead } from './lead/show-lead.js';
import { SEED_MUTATION_NAMES } from './mutations/index.js';
import { runBatch, type Totals } from './run/batch.js';
import { enginesOfReleases } from './run/engines-of-releases.js';
import { explain } from './run/explain.js';
import { showMutations } from './run/mutation-run.js';
import { explanation, progressLine, summary } from './run/report.js';
import { runSeed } from './run/run-seed.js';
import { showMonth } from './run/show-month.js';
import { serveChunks, Threads } from './run/threads.js';
import { SCALE_SERIES, scalePoints, showScale } from './scale/show-scale.js';

/** The program behind `npm run sim`: many seeds with a progress line, or one seed with its trace. */

const USAGE = `npm run sim -- [--seeds N] [--from S] [--jobs J] [--keep-going]
    runs N seeds from S on, in as many threads as there are cores unless J is given; exit status 1
    when a seed fails or when so many seeds should have reached a transition and none did
npm run sim -- --seed X [--trace] [--only WORD,WORD]
    runs one seed, with everything that happens
npm run sim -- --month [--days N]
    runs one domain over a month of churn and shows what it keeps
npm run sim -- --lead [--seeds N] [--from S]
    runs N seeds of several name servers on one etcd
npm run sim -- --scale [--points DAEMONS/GROUPS/PROVIDERS,…] [--json]
    what domains of growing size cost: to form, while idle, and when a daemon dies
npm run sim -- --mutation NAME | --mutations [--seeds N]
    takes one protection away, or each in turn, and says how many seeds it took to notice
`;
const PROGRESS_MS = 2000;

if (isMainThread) {
  // Whoever reads the output may stop reading, as `head` does.
  process.stdout.on('error', () => process.exit());
  process.exitCode = await main();
} else {
  await serveChunks();
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      'keep-going': { type: 'boolean', default: false },
      month: { type: 'boolean', default: false },
      days: { type: 'string', default: '30' },
      lead: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      points: { type: 'string' },
      json: { type: 'boolean', default: false },
      mutation: { type: 'string' },
      mutations: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (values.month) return showMonth(Number(values.days), print) ? 0 : 1;
  if (values.scale) return measureSizes(values.points, values.json);
  if (values.lead) {
    const many = {
      from: wholeNumber('from', values.from),
      seeds: wholeNumber('seeds', values.seeds),
    };
    return showLead(many, print) === 0 ? 0 : 1;
  }
  if (values.mutations || values.mutation !== undefined) {
    const names = values.mutation === undefined ? SEED_MUTATION_NAMES : [values.mutation];
    return (await showMutations(names, wholeNumber('seeds', values.seeds), print)) === 0 ? 0 : 1;
  }
  if (values.seed !== undefined) {
    return await runOne(wholeNumber('seed', values.seed), values.trace ? values.only : undefined);
  }
  return runMany({
    from: wholeNumber('from', values.from),
    seeds: wholeNumber('seeds', values.seeds),
    jobs: Math.max(1, wholeNumber('jobs', values.jobs)),
    afterFailure: values['keep-going'] ? 'keep-going' : 'stop',
  });
}

function measureSizes(points: string | undefined, asJson: boolean): number {
  const wanted = points === undefined ? SCALE_SERIES : scalePoints(points);
  if (wanted === undefined) {
    print(`--points ${points}: DAEMONS/GROUPS/PROVIDERS, as 10/100/3,30/100/3\n`);
    return 2;
  }
  const figures = showScale(wanted, asJson ? (text) => void process.stderr.write(text) : print);
  if (asJson) print(`${JSON.stringify(figures, undefined, 2)}\n`);
  return 0;
}

/** @param only Words of which a traced line must have one; undefined: no trace. */
async function runOne(seed: number, only: string | undefined): Promise<number> {
  const engines = await enginesOfReleases();
  const words = (only ?? '').split(',').filter((word) => word !== '');
  const follow = (line: string): void => {
    if (words.length === 0 || words.some((word) => line.includes(word))) print(`${line}\n`);
  };
  const result = runSeed({ seed, engines, ...(only === undefined ? {} : { follow }) });
  print(`\nprofile ${JSON.stringify(result.profile, null, 2)}\n`);
  for (const [name, count] of result.counters.entries()) {
    print(`  ${String(count).padStart(10)}  ${name}\n`);
  }
  if (result.failure === undefined) {
    print(`seed ${seed} is clean, digest ${result.digest}\n`);
    return 0;
  }
  print(`\nseed ${seed} fails: ${result.failure.text}\n`);
  if (only === undefined) print(`\n${explanation(seed, explain({ seed, engines }))}`);
  return 1;
}

async function runMany(options: {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly afterFailure: 'stop' | 'keep-going';
}): Promise<number> {
  const { seeds, jobs, afterFailure } = options;
  const threads = new Threads(new URL(import.meta.url), jobs);
  const started = performance.now();
  let shownAt = started;
  let shownFailures = 0;
  const progressed = (totals: Totals): void => {
    const now = performance.now();
    for (const { seed, failure } of totals.failures.slice(shownFailures)) {
      print(`\nseed ${seed} fails: ${failure.text}\n`);
    }
    shownFailures = totals.failures.length;
    if (now - shownAt < PROGRESS_MS && totals.seeds < seeds) return;
    shownAt = now;
    const line = progressLine(totals, seeds, (now - started) / 1000);
    print(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
  };
  const run: Threads['run'] = (chunk, job) => threads.run(chunk, job);
  const totals = await runBatch({ ...options, run, progressed });
  await threads.end();
  const [first] = totals.failures;
  if (first !== undefined && afterFailure === 'stop') {
    const engines = await enginesOfReleases();
    print(`\n${explanation(first.seed, explain({ seed: first.seed, engines }))}`);
  }
  const { text, missed } = summary(totals);
  print(`\n${text}`);
  return totals.failures.length + missed === 0 ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`--${option} takes a whole number, not ${text}`);
}

function print(text: string): void {
  process.stdout.write(text);
}
