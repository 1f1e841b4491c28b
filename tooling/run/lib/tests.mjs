// Runs vitest over every project and counts what its report says.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, step } from './console.mjs';
import { run } from './processes.mjs';

const REPORT = join(root, 'test-results', 'vitest.json');

/** Answers `{ passed, failed, skipped }`; `group` is `unit`, `system` or undefined for both. */
export async function test({ args, group }) {
  step('test');
  mkdirSync(join(root, 'test-results'), { recursive: true });
  rmSync(REPORT, { force: true });
  const { code } = await run(
    [
      bin('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${REPORT}`,
      ...args,
    ],
    { env: group === undefined ? {} : { GROUP_SERVICES_TESTS: group } },
  );
  const counts = existsSync(REPORT)
    ? counted(JSON.parse(readFileSync(REPORT, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  return explained(counts, code);
}

export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A file that fails without a failed test in it (it did not load, a hook threw) is one failure. */
function counted(report) {
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

function explained(counts, code) {
  if (counts.failed > 0) return counts;
  if (counts.passed + counts.skipped === 0) {
    console.log('no test ran; that counts as one failure');
    return { ...counts, failed: 1 };
  }
  if (code !== 0) {
    console.log('vitest reported an error outside of all tests; it counts as one failure');
    return { ...counts, failed: 1 };
  }
  return counts;
}
