#!/usr/bin/env node
/** `npm run bench`: measures systems beside each other and prints what it found. */
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChildProcesses } from './child-processes.js';
import { type Choice, choose, otherName, otherSystem } from './choice.js';
import { buildOther } from './compare/other-commit.js';
import { changesOf, regressionLines } from './compare/regressions.js';
import { publish } from './figures/publish.js';
import { publishScale } from './figures/scale-page.js';
import { type Candidate, runFresh } from './fresh/fresh-work.js';
import { groupServices } from './group-services/gs-system.js';
import { hardwareLine } from './hardware.js';
import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { builtProgram } from './programs.js';
import { ratioToBaseline, tableOf } from './report.js';
import { type Result, runBench } from './runner.js';
import type { StartContext } from './system.js';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

await main();

async function main(): Promise<void> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) process.stdout.write(USAGE);
    else if (options.publish !== undefined) told(publish(options.publish, DOCS));
    else if (options.publishScale !== undefined) told(publishScale(options.publishScale, DOCS));
    else process.exitCode = await measure(choose(options), options);
  } catch (error) {
    const usage = error instanceof UsageError;
    progress(usage ? `${error.message}\n\n${USAGE}` : String(error));
    process.exitCode = usage ? 2 : 1;
  }
}

function told(written: readonly string[]): void {
  for (const path of written) progress(`wrote docs/${path}`);
}

/** Returns the exit status: 1 when the members of any system saw different orders, or it got worse. */
async function measure(choice: Choice, options: Options): Promise<number> {
  const processes = new ChildProcesses();
  const hardware = hardwareLine();
  progress(hardware);
  // The last resort: whatever ends this process, nothing it started outlives it.
  process.once('exit', () => processes.killAll());
  const context = {
    processes,
    memberEntry: builtEntry('member'),
    relayDaemonEntry: builtEntry('relay-daemon'),
    heapProbe: builtEntry('heap-probe'),
    gsd: builtProgram('gsd'),
    gsns: builtProgram('gsns'),
  };
  try {
    const run = measureAll(choice, options, context);
    const outcome = await Promise.race([run, processes.failure, interruption()]);
    if (typeof outcome === 'number') return outcome;
    print(outcome, hardware, options);
    const worse = regressions(outcome, options);
    for (const line of worse) progress(`worse: ${line}`);
    const failed = worse.length > 0 || outcome.some(({ sameOrder }) => sameOrder === false);
    return failed ? 1 : 0;
  } finally {
    await processes.stopAll();
  }
}

/** What the systems do beside each other first, then what needs a domain of its own each time. */
async function measureAll(
  { systems, works, fresh }: Choice,
  { compare, repetitions, scale, systems: named }: Options,
  context: StartContext,
): Promise<readonly Result[]> {
  const candidates: Candidate[] = [{ name: groupServices.name, context }];
  const beside = [...systems];
  if (compare !== undefined) {
    const name = otherName(compare);
    const other = await buildOther(compare, context, progress);
    candidates.push({ name, context: other });
    beside.push(otherSystem(name, other));
  }
  const wanted = ({ name }: { readonly name: string }) => named?.includes(name) ?? true;
  const plan = { systems: beside.filter(wanted), works, repetitions, scale };
  const results = works.length > 0 ? await runBench(plan, context, progress) : [];
  const taking = { candidates: candidates.filter(wanted), repetitions };
  return [...results, ...(await runFresh(fresh, taking, progress))];
}

function regressions(results: readonly Result[], options: Options): readonly string[] {
  const { compare, tolerance } = options;
  if (compare === undefined) return [];
  const names = { now: groupServices.name, before: otherName(compare) };
  return regressionLines(changesOf(results, names, tolerance));
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

function print(results: readonly Result[], hardware: string, options: Options): void {
  const { repetitions, scale, json, compare } = options;
  const other = compare === undefined ? undefined : otherName(compare);
  if (json) {
    const compared = results.map((result) => ({
      ...result,
      ratioToRelayMsg: ratioToBaseline(result, results),
      ...(other === undefined ? {} : { ratioToOther: ratioToBaseline(result, results, other) }),
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
  process.stdout.write(`${tableOf(results, other)}\n`);
}

/** Progress goes to standard error, so that standard output is the report alone. */
function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** tsup puts every entry beside this file. */
function builtEntry(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
