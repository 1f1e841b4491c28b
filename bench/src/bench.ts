#!/usr/bin/env node
/** `npm run bench`: measures systems beside each other and prints what it found. */
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChildProcesses } from './child-processes.js';
import { groupServices } from './group-services/gs-system.js';
import { hardwareLine } from './hardware.js';
import { JOINS_WORK, measureJoins } from './joins.js';
import { measureKills } from './kills.js';
import { GROUPS_WORK, measureManyGroups } from './many-groups.js';
import { type Options, parseOptions, pick, USAGE, UsageError } from './options.js';
import { relaySystem } from './relay/relay-system.js';
import { ratioToBaseline, tableOf } from './report.js';
import { type BenchPlan, type Result, runBench } from './runner.js';
import type { StartContext } from './system.js';
import { WORKS } from './works/works.js';

const SYSTEMS = [relaySystem('msg'), relaySystem('frame'), groupServices];
/** Works that are not measured by the runner: each repetition needs a fresh domain. */
const FRESH_WORKS = [JOINS_WORK, GROUPS_WORK, 'W4', 'W4a', 'W4b', 'W4c'];

await main();

async function main(): Promise<void> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) process.stdout.write(USAGE);
    else process.exitCode = await measure(planOf(options), options);
  } catch (error) {
    const usage = error instanceof UsageError;
    progress(usage ? `${error.message}\n\n${USAGE}` : String(error));
    process.exitCode = usage ? 2 : 1;
  }
}

function planOf({ systems, only, title = '', repetitions, scale }: Options): BenchPlan {
  const works = pick(
    WORKS,
    only?.filter((id) => !FRESH_WORKS.includes(id)),
    ({ id }) => id,
  );
  return {
    systems: pick(SYSTEMS, systems, ({ name }) => name),
    works: works.filter((work) => work.title.includes(title)),
    repetitions,
    scale,
  };
}

/** Returns the exit status: 1 when the members of any system saw different orders. */
async function measure(plan: BenchPlan, options: Options): Promise<number> {
  const processes = new ChildProcesses();
  const hardware = hardwareLine();
  progress(hardware);
  // The last resort: whatever ends this process, nothing it started outlives it.
  process.once('exit', () => processes.killAll());
  const context = {
    processes,
    memberEntry: builtEntry('member'),
    relayDaemonEntry: builtEntry('relay-daemon'),
  };
  try {
    const run = measureAll(plan, options, context);
    const outcome = await Promise.race([run, processes.failure, interruption()]);
    if (typeof outcome === 'number') return outcome;
    print(outcome, { hardware, plan, json: options.json });
    return outcome.some(({ sameOrder }) => sameOrder === false) ? 1 : 0;
  } finally {
    await processes.stopAll();
  }
}

/** What the systems do beside each other first, then a crowd, then what breaks them. */
async function measureAll(
  plan: BenchPlan,
  { only, title = '', systems, joins, groups }: Options,
  context: StartContext,
): Promise<readonly Result[]> {
  const results = plan.works.length > 0 ? await runBench(plan, context, progress) : [];
  if (systems !== undefined && !systems.includes(groupServices.name)) return results;
  const { name, start } = groupServices;
  const { repetitions } = plan;
  const crowd = await measureJoins({ only, title, joins, name }, context, progress);
  const kills = await measureKills({ only, repetitions, name, start }, context, progress);
  const many = await measureManyGroups({ only, groups, repetitions, name }, context, progress);
  return [...results, ...crowd, ...kills, ...many];
}

/**
 * Resolves with the conventional exit status when a signal asks to stop; a second signal does not
 * wait for the orderly end.
 */
function interruption(): Promise<number> {
  return new Promise((resolve) => {
    let asked = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const status = 128 + constants.signals[signal];
      process.on(signal, () => {
        asked += 1;
        if (asked > 1) process.exit(status);
        resolve(status);
      });
    }
  });
}

interface Circumstances {
  readonly hardware: string;
  readonly plan: BenchPlan;
  readonly json: boolean;
}

function print(results: readonly Result[], { hardware, plan, json }: Circumstances): void {
  const { scale } = plan;
  if (json) {
    const { repetitions } = plan;
    const compared = results.map((result) => ({
      ...result,
      ratioToRelayMsg: ratioToBaseline(result, results),
    }));
    const report = { hardware, repetitions, scale, results: compared };
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const { size, count, window, rounds, barriers } = scale;
  const throughput = `W1: ${count} messages, window ${window}`;
  const amount = `${size} B; ${throughput}; W2, W6: ${rounds}; W5: ${barriers} rounds`;
  process.stdout.write(`\n${hardware}\n`);
  process.stdout.write(`medians of as many repetitions as \`of\` says; ${amount}\n\n`);
  process.stdout.write(`${tableOf(results)}\n`);
}

/** Progress goes to standard error, so that standard output is the report alone. */
function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** tsup puts every entry beside this file. */
function builtEntry(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
