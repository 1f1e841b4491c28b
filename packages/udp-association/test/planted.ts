// Runs the simulation on sources into which one mistake was put: that shows that it would be noticed.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as core from '@group-services/core';
import * as testkit from '@group-services/testkit';
import ts from 'typescript';

/** A mistake: in `file`, `find` stands exactly once and becomes `replace`. */
export interface Planted {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

type Module = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '..');
const packages: ReadonlyMap<string, Module> = new Map([
  ['@group-services/core', { ...core }],
  ['@group-services/testkit', { ...testkit }],
]);
const compiled = new Map<string, string>();

/** The function that runs one seed, in modules of its own that contain the mistake. */
export function plant(mistake: Planted): (seed: number) => unknown {
  const loaded = new Map<string, Module>();
  const load = (path: string): Module => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const exports: Record<string, unknown> = {};
    loaded.set(path, exports);
    const require = (name: string): Module =>
      packages.get(name) ?? load(join(dirname(path), name.replace(/\.js$/u, '.ts')));
    compileFunction(codeOf(path, mistake), ['require', 'exports'])(require, exports);
    return exports;
  };
  const { runSeed } = load(join(root, 'test/world/run.ts'));
  if (typeof runSeed !== 'function') throw new Error('there is no runSeed');
  return (seed) => Reflect.apply(runSeed, undefined, [seed]);
}

function codeOf(path: string, { file, find, replace }: Planted): string {
  if (path !== join(root, 'src', file)) {
    const code = compiled.get(path) ?? compile(readFileSync(path, 'utf8'));
    compiled.set(path, code);
    return code;
  }
  const [before, after, ...more] = readFileSync(path, 'utf8').split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`"${find}" does not stand exactly once in ${file}`);
  }
  return compile(`${before}${replace}${after}`);
}

function compile(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}
