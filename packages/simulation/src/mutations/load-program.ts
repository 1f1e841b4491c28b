import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { transform } from 'esbuild';
import { MUTATIONS, type MutationName } from './index.js';
import { type Edit, edited } from './mutation.js';

/**
 * Loads a program with a deliberate defect, beside the same program without it.
 *
 * Its sources, and those of every package of ours that it imports, are read and turned into functions in
 * the manner of CommonJS, once; a module is what such a function leaves behind. The files that the defect
 * edits are read and run anew, and so is every file that leads to one of them. All others are shared: the
 * programs differ in nothing else, and what is shared is warm.
 */

/** Found by the package's own name, since this may run from `src` or from `dist`. */
const ROOT = join(
  dirname(createRequire(import.meta.url).resolve('@group-services/simulation/package.json')),
  '../..',
);
const CONDITION = 'group-services-source';

/** Which program. */
export interface Program {
  /** Source files, from the root of the repository; the result has what all of them export. */
  readonly files: readonly string[];
  /** What stands in for a library, or for a package of ours, by its name. */
  readonly libraries?: Readonly<Record<string, object>>;
}

/** A source file that can be run. */
interface Body {
  readonly file: string;
  readonly code: string;
  /** What it asks for, and which file of ours that is; undefined for a library. */
  readonly imports: ReadonlyMap<string, string | undefined>;
}

const bodies = new Map<string, Promise<Body>>();
/** What the files have left behind that lead to no defect. */
const shared = new Map<string, object>();

/** Throws when the sources have no place for the defect any more, or the program none of those sources. */
export async function loadProgram<Module>(
  { files, libraries = {} }: Program,
  defect?: MutationName,
): Promise<Module> {
  const edits = defect === undefined ? [] : MUTATIONS[defect].edits;
  const paths = files.map((file) => join(ROOT, file));
  const all = await gathered(paths, edits, libraries);
  const missing = edits.find(({ file }) => !all.has(join(ROOT, file)));
  if (missing !== undefined) {
    throw new Error(`${defect} is planted in ${missing.file}, which the program does not import`);
  }
  const isSpecial = specialFiles(all, edits, libraries);
  const own = new Map<string, object>();
  const run = (file: string): object => {
    const modules = isSpecial(file) ? own : shared;
    const known = modules.get(file);
    if (known !== undefined) return known;
    const body = all.get(file);
    if (body === undefined) throw new Error(`${file} was not gathered`);
    const left = leftBehind(body, (word) => {
      const target = body.imports.get(word);
      const given = libraries[word];
      if (given !== undefined) return given;
      return target === undefined ? createRequire(file)(word) : run(target);
    });
    modules.set(file, left);
    return left;
  };
  return Object.assign({}, ...paths.map(run));
}

/** Every file of the program, the edited ones with their edits. */
async function gathered(
  paths: readonly string[],
  edits: readonly Edit[],
  libraries: Readonly<Record<string, object>>,
): Promise<ReadonlyMap<string, Body>> {
  const all = new Map<string, Body>();
  const open = [...paths];
  for (const file of open) {
    if (all.has(file)) continue;
    const here = edits.filter((edit) => join(ROOT, edit.file) === file);
    const body = await (here.length === 0 ? bodyOf(file) : readBody(file, here));
    all.set(file, body);
    for (const [word, target] of body.imports) {
      if (target !== undefined && !Object.hasOwn(libraries, word)) open.push(target);
    }
  }
  return all;
}

function bodyOf(file: string): Promise<Body> {
  const known = bodies.get(file) ?? readBody(file, []);
  bodies.set(file, known);
  return known;
}

async function readBody(file: string, edits: readonly Edit[]): Promise<Body> {
  const text = edited(file, await readFile(file, 'utf8'), edits);
  const { code } = await transform(text, { loader: 'ts', format: 'cjs', sourcefile: file });
  const words = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, word = '']) => word);
  return { file, code, imports: new Map(words.map((word) => [word, sourceOf(word, file)])) };
}

/** The file of ours that is meant; undefined for a library. */
function sourceOf(word: string, importer: string): string | undefined {
  if (word.startsWith('.')) return join(dirname(importer), word.replace(/[.]js$/, '.ts'));
  const [, name, entry = ''] = /^(@group-services[/][^/]+)([/].+)?$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  const require = createRequire(importer);
  const manifest = require.resolve(`${name}/package.json`);
  const source: unknown = require(manifest).exports[`.${entry}`]?.[CONDITION];
  if (typeof source !== 'string')
    throw new Error(`${importer} asks for ${word}, which has no source`);
  return join(dirname(manifest), source);
}

/** Tells which files are edited or given other libraries, or lead to such a one. */
function specialFiles(
  all: ReadonlyMap<string, Body>,
  edits: readonly Edit[],
  libraries: Readonly<Record<string, object>>,
): (file: string) => boolean {
  const editedFiles = new Set(edits.map(({ file }) => join(ROOT, file)));
  const known = new Map<string, boolean>();
  const isSpecial = (file: string): boolean => {
    const answer = known.get(file);
    if (answer !== undefined) return answer;
    const imports = [...(all.get(file)?.imports ?? [])];
    const special =
      editedFiles.has(file) ||
      imports.some(
        ([word, target]) =>
          Object.hasOwn(libraries, word) || (target !== undefined && isSpecial(target)),
      );
    known.set(file, special);
    return special;
  };
  return isSpecial;
}

function leftBehind({ file, code }: Body, require: (word: string) => object): object {
  const module: { exports: object } = { exports: {} };
  const run = compileFunction(code, ['module', 'exports', 'require'], { filename: file });
  run(module, module.exports, require);
  return module.exports;
}
