// Finds the tests that a change can affect and that answer soon: all of the changed packages, and those
// of packages above them that import a changed file. What takes long, or starts programs, is named and
// left to `npm test`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, step } from './console.mjs';
import { run } from './processes.mjs';

const FOLDERS = ['packages', 'apps', 'examples', 'tooling'];

/** Answers an exit status. `--since REF` compares with REF instead of where the branch left main. */
export async function testChanged(args) {
  const base = args[0] === '--since' ? args[1] : forkPoint();
  const files = changedFiles(base);
  const packages = workspaces();
  const own = packages.filter(({ path }) => files.some((file) => file.startsWith(`${path}/`)));
  const above = dependents(own, packages).filter((one) => !own.includes(one));
  step(`changed since ${base}: ${files.length} files in ${names(own) || 'no package'}`);
  const codes = [];
  if (own.length > 0) codes.push(await vitest(['run'], own));
  const sources = files.filter((file) => file.endsWith('.ts') && existsSync(join(root, file)));
  if (sources.length > 0 && above.length > 0) {
    step(`tests of ${names(above)} that import them`);
    codes.push(await vitest(['related', '--run', ...sources], above));
  }
  console.log('\nleft to `npm test`: the long runs of the simulation, and what starts programs');
  return codes.every((code) => code === 0) ? 0 : 1;
}

async function vitest(command, projects) {
  const chosen = projects.flatMap(({ name }) => ['--project', name]);
  const { code } = await run([bin('vitest'), ...command, '--passWithNoTests', ...chosen], {
    env: { GROUP_SERVICES_TESTS: 'quick' },
  });
  return code;
}

/** Where this branch left main; on main itself the commit before what is not committed. */
function forkPoint() {
  for (const main of ['origin/main', 'main']) {
    const answer = git('merge-base', 'HEAD', main);
    if (answer !== undefined) return answer;
  }
  return 'HEAD';
}

function changedFiles(base) {
  const changed = git('diff', '--name-only', base);
  if (changed === undefined) throw new Error(`git knows no ${base}`);
  const added = git('ls-files', '--others', '--exclude-standard') ?? '';
  return [...new Set(`${changed}\n${added}`.split('\n').filter((file) => file !== ''))];
}

/** Who depends on any of these, over any number of steps, nearest first. */
function dependents(some, packages) {
  const found = new Set(some);
  for (const one of found) {
    for (const other of packages) if (other.uses.includes(one.id)) found.add(other);
  }
  return [...found];
}

function workspaces() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  )
    .concat('bench')
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .filter((path) => ['src', 'test'].some((folder) => existsSync(join(root, path, folder))))
    .map((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      const { name: id, dependencies = {}, devDependencies = {} } = manifest;
      const uses = Object.keys({ ...dependencies, ...devDependencies });
      return { id, path, uses, name: id.replace(/^@group-services\//, '') };
    });
}

function names(packages) {
  return packages.map(({ name }) => name).join(', ');
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
