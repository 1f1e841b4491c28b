import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The part of a package.json that the rules read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** Name without the scope: `core`, `name-server`, `gsd`. */
  readonly name: string;
  /** Folder below the root: `packages/core`. */
  readonly path: string;
  readonly manifest: Manifest;
  /** Tags of its turbo.json; the boundaries of the root turbo.json are written with them. */
  readonly tags: readonly string[];
}

const scope = '@group-services/';
/** Folders that nobody writes by hand. */
const made: ReadonlySet<string> = new Set(['node_modules', 'dist', '.turbo']);
const parents = ['packages', 'apps', 'tooling', 'examples'] as const;

/** Every workspace package, sorted by folder. */
export function workspaces(): readonly Workspace[] {
  return parents
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .concat('bench')
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .sort()
    .map((path) => {
      const manifest = readJson<Manifest>(join(path, 'package.json'));
      return { name: shortName(manifest.name), path, manifest, tags: tagsOf(path) };
    });
}

/** The names of our own packages among `dependencies`, without the scope; shared settings left out. */
export function ownPackages(dependencies: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith(scope))
    .map(shortName)
    .filter((name) => name !== 'tsconfig')
    .sort();
}

/** `@group-services/transport/tcp` is `transport`; a foreign package is undefined. */
export function ownPackageOf(specifier: string): string | undefined {
  return specifier.startsWith(scope) ? specifier.slice(scope.length).split('/')[0] : undefined;
}

/** TypeScript files, those with markup among them, of a folder below the root, at any depth. */
export function sourceFiles(folder: string): readonly string[] {
  return filesBelow(folder, /\.tsx?$/);
}

/** Files of a folder below the root, at any depth, but for what is installed, built or written. */
export function filesBelow(folder: string, name: RegExp): readonly string[] {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return made.has(entry.name) ? [] : filesBelow(path, name);
      return name.test(entry.name) ? [path] : [];
    })
    .sort();
}

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function readJson<T>(path: string): T {
  return JSON.parse(readText(path));
}

function tagsOf(path: string): readonly string[] {
  if (!existsSync(join(root, path, 'turbo.json'))) return [];
  return readJson<{ readonly tags?: readonly string[] }>(join(path, 'turbo.json')).tags ?? [];
}

function shortName(name: string): string {
  return name.startsWith(scope) ? name.slice(scope.length) : name;
}
