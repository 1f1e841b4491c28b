import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './repository.js';

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** What must be found below the plantation's root for the checks to behave as in the repository. */
const copied = [
  '.dependency-cruiser.cjs',
  '.gitignore',
  '.oxlintrc.json',
  'biome.json',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'turbo.json',
  'tooling/biome-plugins',
  'tooling/tsconfig',
];

/**
 * A small repository in a temporary folder with our settings and the given files, in which a mistake
 * can be planted to see that the check finds it. `dispose` with `using`, or by hand.
 */
export class Plantation implements AsyncDisposable {
  readonly #folder: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.#folder = mkdtempSync(join(tmpdir(), 'tidy-'));
    for (const path of copied) {
      cpSync(join(root, path), join(this.#folder, path), {
        recursive: true,
        filter: (source) => !source.includes('node_modules'),
      });
    }
    this.#link('node_modules/.bin', 'node_modules/.bin');
    this.#link('node_modules/typescript', 'node_modules/typescript');
    this.#link('node_modules/oxlint-tsgolint', 'node_modules/oxlint-tsgolint');
    this.#link('node_modules/@types', 'node_modules/@types');
    this.#link('node_modules/@group-services/tsconfig', 'tooling/tsconfig');
    for (const [path, text] of Object.entries(files)) this.#write(path, text);
  }

  /** Runs a tool of the repository inside the plantation; `cwd` is relative to its root. */
  run(tool: string, args: readonly string[], cwd = '.'): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(join(root, tool), args, {
        cwd: join(this.#folder, cwd),
        env: {
          ...process.env,
          TURBO_TELEMETRY_DISABLED: '1',
          NO_COLOR: '1',
          FORCE_COLOR: undefined,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32',
      });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.on('error', reject);
      child.on('close', (code) =>
        resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #link(path: string, target: string): void {
    mkdirSync(join(this.#folder, dirname(path)), { recursive: true });
    symlinkSync(join(root, target), join(this.#folder, path));
  }

  #write(path: string, text: string): void {
    mkdirSync(join(this.#folder, dirname(path)), { recursive: true });
    writeFileSync(join(this.#folder, path), text);
  }
}

/** The files that make a folder a workspace package with one entry. */
export function plantedPackage(
  path: string,
  tag: string,
  dependencies: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const name = path.split('/').at(-1);
  return {
    [`${path}/package.json`]: JSON.stringify({
      name: `@group-services/${name}`,
      version: '0.0.0',
      type: 'module',
      exports: { '.': { 'group-services-source': './src/index.ts' } },
      dependencies,
    }),
    [`${path}/turbo.json`]: JSON.stringify({ extends: ['//'], tags: [tag] }),
    [`${path}/tsconfig.json`]: JSON.stringify({
      extends: `@group-services/tsconfig/${tag === 'pure' ? 'pure' : 'node'}.json`,
      compilerOptions: { rootDir: '../..' },
      include: ['src'],
    }),
  };
}
