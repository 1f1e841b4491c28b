import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the user can do something about, in words for the user. */
export class CreateError extends Error {}

const template = fileURLToPath(new URL('../template', import.meta.url));
const ownManifest = new URL('../package.json', import.meta.url);

/** npm leaves a file of this name out of a package. */
const UNPACKABLE = '_gitignore';
const NAME_PLACE = 'name-of-the-project';

/** Writes a new project into a folder that is empty or not there yet; gives its path. */
export async function createProject(folder: string): Promise<string> {
  const path = resolve(folder);
  await checkEmpty(path);
  const name = packageName(basename(path));
  await mkdir(path, { recursive: true });
  await cp(template, path, { recursive: true });
  await rename(join(path, UNPACKABLE), join(path, '.gitignore'));
  for (const file of ['package.json', 'README.md']) {
    const text = await readFile(join(path, file), 'utf8');
    await writeFile(join(path, file), text.replaceAll(NAME_PLACE, name));
  }
  await fillVersions(join(path, 'package.json'));
  return path;
}

async function checkEmpty(path: string): Promise<void> {
  let found: readonly string[] = [];
  try {
    found = await readdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR') throw new CreateError(`${path} is a file; give the name of a folder`);
    if (code !== 'ENOENT') throw error;
  }
  if (found.length === 0) return;
  throw new CreateError(`${path} is not empty; give the name of a new folder`);
}

/** What npm takes as the name of a package. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  return name === '' ? 'my-group' : name;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** The versions that this package was published with and tested against. */
async function fillVersions(file: string): Promise<void> {
  const own = JSON.parse(await readFile(ownManifest, 'utf8')) as Manifest;
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
  for (const dependencies of [manifest.dependencies, manifest.devDependencies]) {
    for (const name of Object.keys(dependencies ?? {})) {
      const version = own.devDependencies?.[name];
      // Inside its repository the versions are no numbers.
      if (dependencies && version && /^[\^~\d]/.test(version)) dependencies[name] = version;
    }
  }
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
