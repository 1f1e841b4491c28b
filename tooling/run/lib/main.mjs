// Chooses the job. Every job first makes sure that pnpm and the dependencies are there.
import { join } from 'node:path';
import { testChanged } from './changed.mjs';
import { check } from './check.mjs';
import { bin, clean, root, seconds, step } from './console.mjs';
import { build, prepare } from './prepare.mjs';
import { run, stopWithParent } from './processes.mjs';
import { hasJob, runProgram } from './programs.mjs';
import { soak } from './soak.mjs';
import { countLine, test } from './tests.mjs';

const jobs = {
  start: (args) => program('start', args),
  sim: (args) => program('sim', args),
  bench: (args) => program('bench', args),
  fuzz: (args) => program('fuzz', args),
  screenshots: (args) => program('screenshots', args),
  setup: () => prepared(() => 0),
  build: () => prepared(build),
  check: (only) => prepared(async () => ((await check({ only })).length === 0 ? 0 : 1)),
  test: (args) => tested({ args, group: undefined }),
  'test:unit': (args) => tested({ args, group: 'unit' }),
  'test:e2e': (args) => tested({ args, group: 'system' }),
  'test:changed': (args) => prepared(() => testChanged(args)),
  site: (args) => prepared(() => site(args)),
  pack: (args) => prepared(() => packed(args)),
  soak: (args) => prepared(() => soak(args)),
  verify: () => verify(),
};

export async function main([job = 'start', ...args]) {
  const chosen = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
  if (chosen === undefined) {
    console.error(`unknown job: ${job} (there are: ${Object.keys(jobs).join(', ')})`);
    process.exitCode = 2;
    return;
  }
  stopWithParent();
  const started = performance.now();
  const code = await chosen(args);
  // A program that was started in this process ends it in its own way.
  if (code === undefined) return;
  const counts = ['test', 'test:unit', 'test:e2e', 'verify'].includes(job);
  if (!counts) console.log(`\n${job}: ${seconds(started)}`);
  process.exitCode = code;
}

async function prepared(work) {
  const ready = await prepare();
  return ready === 0 ? work() : ready;
}

/** Pages for people; no test and no program needs them. */
async function site([what]) {
  step('site');
  const { code } = await run([bin('turbo'), 'run', 'site', '--output-logs=errors-only']);
  if (code === 0) console.log(join(root, 'apps', 'site', 'dist', 'site'));
  if (code !== 0 || what !== 'preview') return code;
  return (await run(['pnpm', '--filter', '@group-services/site', 'exec', 'vitepress', 'preview']))
    .code;
}

async function packed(args) {
  const code = await build();
  if (code !== 0) return code;
  return (await run([process.execPath, join(root, 'tooling', 'pack-check', 'pack.mjs'), ...args]))
    .code;
}

async function program(name, args) {
  // Fails before the long way if there is nothing to run.
  if (!hasJob(name)) return 1;
  const code = await prepared(build);
  if (code !== 0) return code;
  step(name);
  await runProgram(name, args);
  return undefined;
}

async function tested(options) {
  const started = performance.now();
  const counts = await countedTests(options);
  console.log(`(${seconds(started)})`);
  console.log(countLine(counts));
  return counts.failed === 0 ? 0 : 1;
}

/**
 * Tests of programs need the built programs. Unit tests read the sources, so they run even when the
 * build failed; the failure itself is counted.
 */
async function countedTests({ args, group }) {
  if ((await prepare()) !== 0) return { passed: 0, failed: 1, skipped: 0 };
  if (group === 'unit' || (await build()) === 0) return test({ args, group });
  if (group === 'system') return { passed: 0, failed: 1, skipped: 0 };
  console.log('the failed build counts as one failure; only the unit tests can run');
  const counts = await test({ args, group: 'unit' });
  return { ...counts, failed: counts.failed + 1 };
}

/** What CI runs: all checks, then all tests, then a look whether either changed a tracked file. */
async function verify() {
  const started = performance.now();
  const ready = await prepare();
  const failures = ready === 0 ? await check({ without: ['tidy'] }) : ['set-up'];
  const counts = await countedTests({ args: [], group: undefined });
  if (process.env['CI'] && !clean()) failures.push('unchanged tree');
  console.log('');
  if (failures.length > 0) {
    console.log(`checks failed: ${failures.join(', ')} (each is counted as one failure)`);
  }
  console.log(`(${seconds(started)})`);
  const failed = counts.failed + failures.length;
  console.log(countLine({ ...counts, failed }));
  return failed === 0 ? 0 : 1;
}
