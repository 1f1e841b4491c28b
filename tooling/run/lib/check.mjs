// Everything about the code that can be decided without running it. All checks run, even after one
// failed, so that one round shows everything; a failed one prints its output.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bin, root, seconds, step } from './console.mjs';
import { build } from './prepare.mjs';
import { run } from './processes.mjs';

const cruised = ['packages', 'apps', 'examples'].filter((folder) => existsSync(join(root, folder)));

const settings = join(root, 'tooling', 'tsconfig');
const compiler = [process.execPath, join(settings, 'tsc7.mjs'), '--noEmit', '-p'];

/** The longest first, so that no worker is left with one at the end. */
const checks = [
  { name: 'biome', argv: [bin('biome'), 'check', '--error-on-warnings', '--colors=off', '.'] },
  // Two programs instead of one per package, each of which would read every library anew: the sources
  // of pure packages, which know neither Node nor a browser, and everything.
  { name: 'typecheck', argv: [...compiler, join(settings, 'everything.json')] },
  { name: 'typecheck:pure', argv: [...compiler, join(settings, 'pure-sources.json')] },
  // Pages are compiled for browsers, whose names the programs must not know.
  { name: 'typecheck:page', argv: [...compiler, join(root, 'apps', 'playground')] },
  { name: 'typecheck:console', argv: [...compiler, join(root, 'apps', 'console')] },
  // Lost promises and forgotten cases, by types; Biome does all other linting.
  { name: 'oxlint', argv: [bin('oxlint'), '--type-aware', '--quiet'] },
  { name: 'boundaries', argv: [bin('turbo'), 'boundaries'] },
  {
    name: 'dependency-cruiser',
    argv: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...cruised],
  },
  { name: 'knip', argv: [bin('knip'), '--no-config-hints'] },
  {
    name: 'tidy',
    argv: [bin('vitest'), 'run', '--project', 'tidy', '--reporter=dot'],
  },
  // The API reference can be made, and no link in it leads nowhere; the site takes it from the cache.
  {
    name: 'docs',
    argv: [bin('turbo'), 'run', 'site', '--filter', './packages/*', '--output-logs=errors-only'],
  },
  {
    name: 'pack:check',
    argv: [process.execPath, join(root, 'tooling', 'pack-check', 'pack-check.mjs')],
    needsBuild: true,
  },
];

/**
 * Answers the names of the checks that failed. `only` chooses by name; CI leaves `tidy` to the tests
 * that it runs anyway.
 */
export async function check({ only = [], without = [] } = {}) {
  const unknown = only.filter((name) => !checks.some((one) => one.name === name));
  if (unknown.length > 0) {
    console.error(`no such check: ${unknown.join(', ')} (${checks.map((c) => c.name).join(', ')})`);
    return unknown;
  }
  const chosen = checks.filter(
    ({ name }) => (only.length === 0 || only.includes(name)) && !without.includes(name),
  );
  const failures = [];
  const built = !chosen.some((one) => one.needsBuild) || (await build()) === 0;
  if (!built) failures.push('build');
  step('check');
  const waiting = chosen.filter((one) => built || !one.needsBuild);
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const started = performance.now();
      const { code, output } = await run(one.argv, { quiet: true });
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${one.name} (${seconds(started)})`);
      if (code === 0) continue;
      console.log(`${output.trimEnd()}\n`);
      failures.push(one.name);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return failures;
}
