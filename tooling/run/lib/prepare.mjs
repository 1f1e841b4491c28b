// Obtains pnpm, installs from the lockfile and builds. Two runs at the same time take turns.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bin, root, seconds, step } from './console.mjs';
import { installed, recordInstall } from './install-stamp.mjs';
import { locked } from './lock.mjs';
import { run } from './processes.mjs';

/** Makes node_modules agree with the lockfile. Answers an exit status. */
export async function prepare() {
  process.chdir(root);
  process.env['TURBO_TELEMETRY_DISABLED'] ??= '1';
  process.env['TURBO_NO_UPDATE_NOTIFIER'] ??= '1';
  process.env['DO_NOT_TRACK'] ??= '1';
  process.env['COREPACK_ENABLE_DOWNLOAD_PROMPT'] ??= '0';
  // Node 22 and newer keep what they have compiled; every program of a test starts sooner then.
  process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'compiled');
  if (!obtainPnpm()) return 1;
  return locked(async () => {
    if (installed()) return 0;
    step('install the dependencies');
    const { code } = await run([
      'pnpm',
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--reporter=append-only',
      // A copied checkout brings folders that pnpm makes anew; without a terminal it cannot ask.
      '--config.confirmModulesPurge=false',
    ]);
    if (code === 0) recordInstall();
    return code;
  });
}

/** Builds what changed. Answers an exit status. */
export async function build() {
  step('build');
  const started = performance.now();
  const { code } = await locked(() =>
    run([bin('turbo'), 'run', 'build', '--output-logs=errors-only']),
  );
  console.log(code === 0 ? `built in ${seconds(started)}` : 'the build failed');
  return code;
}

/**
 * Puts the pinned pnpm in PATH. npm fetches it into its own cache when the machine has another one or
 * none; the folder is then used directly, so that no npm and no shell stand between us and the job.
 */
function obtainPnpm() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = manifest.packageManager.replace(/^pnpm@/, '').replace(/\+.*/, '');
  if (installedPnpm() === wanted) return true;
  step(`get pnpm ${wanted}`);
  const cli = process.env['npm_execpath'];
  const npm = cli?.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
  const request = ['exec', '--yes', '--prefer-offline', `--package=pnpm@${wanted}`];
  const answer = spawnSync(
    npm[0],
    [...npm.slice(1), ...request, '--', 'node', '-p', 'process.env.PATH'],
    {
      ...outside,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (answer.status !== 0) {
    console.error(`npm could not get pnpm ${wanted}; is the package registry reachable?`);
    return false;
  }
  process.env['PATH'] = answer.stdout.trim().split('\n').pop();
  return true;
}

/** Outside the repository, where a pnpm of another version does not try to switch itself. */
const outside = {
  cwd: dirname(root),
  encoding: 'utf8',
  shell: process.platform === 'win32',
};

function installedPnpm() {
  const answer = spawnSync('pnpm', ['--version'], {
    ...outside,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
