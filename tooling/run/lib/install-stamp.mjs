// Remembers what the last installation was made from, so that a second run need not ask pnpm.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './console.mjs';

const STAMP = join(root, 'node_modules', '.installed-from');
const PARENTS = ['packages', 'apps', 'tooling', 'examples'];

/** Whether node_modules is what the lockfile and the manifests ask for. */
export function installed() {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== source()) return false;
  return workspaces().every(
    ({ path, linked }) => !linked || existsSync(join(path, 'node_modules')),
  );
}

export function recordInstall() {
  writeFileSync(STAMP, source());
}

/** Everything that decides what pnpm installs: lockfile, settings, every manifest, Node, platform. */
function source() {
  const hash = createHash('sha256');
  hash.update(`${process.version} ${process.platform} ${process.arch}\n`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  for (const { path, text } of workspaces()) hash.update(`${path}\n${text}`);
  return hash.digest('hex');
}

function workspaces() {
  const folders = PARENTS.filter((parent) => existsSync(join(root, parent))).flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  return [...folders, join(root, 'bench')]
    .filter((path) => existsSync(join(path, 'package.json')))
    .sort()
    .map((path) => {
      const text = readFileSync(join(path, 'package.json'), 'utf8');
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text);
      const linked = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
      return { path, text, linked };
    });
}
