// Runs vitest over the projects, counts what its reports say, and shows what took longest.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bin, root, step } from './console.mjs';
import { run } from './processes.mjs';

const RESULTS = join(root, 'test-results');
/** Tests that start no program give way to programs, whose limits run against the clock. */
const UNIT_PRIORITY = 10;
/** What was chosen by hand is few files: one vitest finds them, wherever they are. */
const ALL = 'all';
const SLOWEST_FILES = 12;
const SLOWEST_TESTS = 8;
/** Of a failure so many lines say what it was; the whole stands further above. */
const FAILURE_LINES = 12;
const FAILURES = 20;
/** More files than this fail because something is broken, not because the machine was busy. */
const ALONE_MAX = 3;

/**
 * Answers `{ passed, failed, skipped }`; `group` is `unit`, `system` or undefined for both. Both run side
 * by side: real programs mostly wait, pure tests fill the time.
 */
export async function test({ args, group }) {
  step('test');
  mkdirSync(RESULTS, { recursive: true });
  const groups = group !== undefined ? [group] : args.length > 0 ? [ALL] : ['unit', 'system'];
  const reports = await Promise.all(groups.map((one) => vitest(one, args)));
  const files = reports.flatMap(({ report }) => report?.testResults ?? []);
  showSlowest(files);
  showFailures(files);
  return explained(args.length > 0 ? reports : await withSecondLook(reports));
}

/**
 * A test of real programs fails when the machine is too busy with the other tests to keep a daemon's limits.
 * So the few files that failed run once more, alone: what fails again has failed, and what does not is named
 * in the last lines, since a test that needs a quiet machine is not good yet.
 */
async function withSecondLook(reports) {
  const failed = reports.flatMap(({ report }) =>
    (report?.testResults ?? []).filter(({ status }) => status === 'failed'),
  );
  const isWhole = reports.every(({ report }) => report !== undefined);
  if (failed.length === 0 || failed.length > ALONE_MAX || !isWhole) return reports;
  const names = failed.map(({ name }) => relative(root, name));
  step(`once more, alone: ${names.join(', ')}`);
  const again = await vitest(ALL, names);
  if (again.report === undefined || again.code !== 0) return reports;
  console.log('\n== failed beside other tests, passed alone (look why)');
  for (const name of names) console.log(name);
  return reports.map(({ code, report }) => {
    if (!report.testResults.some(({ status }) => status === 'failed')) return { code, report };
    const testResults = report.testResults.map(
      (file) => again.report.testResults.find(({ name }) => name === file.name) ?? file,
    );
    return { code: 0, report: recounted({ ...report, testResults }) };
  });
}

function recounted(report) {
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const having = (status) => all.filter((result) => result.status === status).length;
  return { ...report, numPassedTests: having('passed'), numFailedTests: having('failed') };
}

async function vitest(group, args) {
  const file = join(RESULTS, `${group}.json`);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run([bin('vitest'), 'run', ...reporters, ...args], {
    env: { GROUP_SERVICES_TESTS: group },
    linewise: true,
    ...(group === 'unit' ? { priority: UNIT_PRIORITY } : {}),
  });
  return { code, report: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
}

export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A file that fails without a failed test in it (it did not load, a hook threw) is one failure. */
function counted(report) {
  if (report === undefined) return { passed: 0, failed: 0, skipped: 0 };
  const loadFailures = report.testResults.filter(
    (file) =>
      file.status === 'failed' &&
      !file.assertionResults.some((result) => result.status === 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + loadFailures,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

function explained(reports) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { code, report } of reports) {
    const part = counted(report);
    if (code !== 0 && part.failed === 0) {
      console.log('vitest reported an error outside of all tests; it counts as one failure');
      part.failed = 1;
    }
    for (const key of Object.keys(counts)) counts[key] += part[key];
  }
  if (counts.passed + counts.failed + counts.skipped === 0) {
    console.log('no test ran; that counts as one failure');
    return { ...counts, failed: 1 };
  }
  return counts;
}

/** Once more at the end: of a long log people, and machines that keep a part of it, see the last lines. */
function showFailures(files) {
  const failures = files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults
      .filter((result) => result.status === 'failed')
      .map(({ fullName, failureMessages }) => [`${file}: ${fullName}`, failureMessages.join('\n')]);
    return status === 'failed' && tests.length === 0 ? [[file, message]] : tests;
  });
  if (failures.length === 0) return;
  console.log('\n== what failed');
  for (const [name, message] of failures.slice(0, FAILURES)) {
    const own = message.split('\n').filter((line) => !line.includes('node_modules'));
    const lines = own.slice(0, FAILURE_LINES);
    console.log([`FAILED ${name}`, ...lines.map((line) => `    ${line}`)].join('\n'));
  }
  if (failures.length > FAILURES) console.log(`and ${failures.length - FAILURES} more`);
}

/** Where the time went: files as a whole, then single tests. */
function showSlowest(files) {
  const rows = files.map(({ name, startTime, endTime }) => ({
    ms: endTime - startTime,
    name: relative(root, name),
  }));
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ duration, fullName }) => ({
      ms: duration ?? 0,
      name: `${relative(root, name)}: ${fullName}`,
    })),
  );
  console.log('\n== slowest files and tests');
  for (const part of [top(rows, SLOWEST_FILES), top(tests, SLOWEST_TESTS)]) {
    for (const { ms, name } of part) console.log(`${seconds(ms)}  ${name}`);
  }
}

function top(rows, count) {
  return rows.toSorted((a, b) => b.ms - a.ms).slice(0, count);
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1).padStart(7)} s`;
}
