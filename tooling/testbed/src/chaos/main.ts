// `chaos --minutes N [--seed S] [--report FILE] [--transcripts FOLDER]`: campaigns of faults on real programs,
// one after the other, until the time is over. One seed gives the same plan and the same faults, though not
// the same moments. Exit status 1: a promise was broken; 3: no testbed can be made here.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { waitUpTo } from '../eventually.js';
import { missingRequirement } from '../index.js';
import { type CampaignResult, campaign, planOf, told } from './campaign.js';

/** What an overloaded machine may need until all have come together. */
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    report: { type: 'string' },
    transcripts: { type: 'string' },
  },
});

const missing = await missingRequirement();
if (missing === undefined) await run();
else {
  console.error(`chaos is skipped, no testbed can be made here: ${missing}`);
  process.exitCode = 3;
}

async function run(): Promise<void> {
  waitUpTo(PATIENCE_MS);
  // The testbed removes itself when this process is gone; disks are unmounted on the way out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const end = performance.now() + Number(values.minutes) * 60_000;
  const hasEtcd = isThere('etcd');
  if (!hasEtcd) console.error('no etcd (Debian package etcd-server): tables are kept in files');
  if (!isThere('faketime'))
    console.error('no faketime (Debian package faketime): clocks are right');
  const results: CampaignResult[] = [];
  for (let seed = Number(values.seed); performance.now() < end; seed += 1) {
    const plan = planOf(seed, hasEtcd);
    console.log(`seed ${seed}: ${told(plan)}`);
    const result = await campaign(
      plan,
      () => performance.now() > end,
      (line) => console.log(`  ${line}`),
    );
    results.push(result);
    if (result.failure !== undefined) keepFailure(result, result.failure);
    report(results);
  }
  const broken = results.filter(({ failure }) => failure !== undefined).length;
  console.log(`${results.length} campaigns, ${broken} with a broken promise`);
  process.exitCode = broken === 0 ? 0 : 1;
}

function keepFailure(
  { seed }: CampaignResult,
  { reason, transcript }: NonNullable<CampaignResult['failure']>,
): void {
  console.log(`  FAILED: ${reason}`);
  if (values.transcripts === undefined) return;
  mkdirSync(values.transcripts, { recursive: true });
  writeFileSync(join(values.transcripts, `${seed}.txt`), `${reason}\n\n${transcript}\n`);
}

/** Written after each campaign, so that a run that is ended has its figures as well. */
function report(results: readonly CampaignResult[]): void {
  if (values.report === undefined) return;
  const short = results.map(({ failure, ...rest }) => ({
    ...rest,
    failure: failure?.reason ?? null,
  }));
  writeFileSync(values.report, `${JSON.stringify(short, null, 2)}\n`);
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    // It cannot be started; that is the answer.
    return false;
  }
}
