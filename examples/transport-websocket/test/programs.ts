import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

// The real programs, with their addresses left to the system.

/** What a user would give: a file. */
export const MODULE = fileURLToPath(new URL('../dist/index.js', import.meta.url));

const FILES = {
  gsns: '../../../apps/name-server/dist/gsns.js',
  gsd: '../../../apps/daemon/dist/gsd.js',
  gsctl: '../../../apps/ctl/dist/gsctl.js',
} as const;

type Program = keyof typeof FILES;

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function start(program: Program, args: readonly string[], cwd: string): ChildProcess {
  const file = fileURLToPath(new URL(FILES[program], import.meta.url));
  return spawn(process.execPath, [file, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a program to its end. */
export async function run(program: Program, args: readonly string[], cwd: string): Promise<Ended> {
  const child = start(program, args, cwd);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no output');
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [status, output, errors] = await Promise.all([ended, text(stdout), text(stderr)]);
  return { status, output, errors };
}

/** Programs that serve, until all are stopped. */
export class Servers {
  readonly #children: ChildProcess[] = [];

  /** Resolves with what the program says when it is ready. */
  async start(
    program: Program,
    args: readonly string[],
    cwd: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const child = start(program, [...args, '--admin', 'http://127.0.0.1:0'], cwd);
    this.#children.push(child);
    let told = '';
    let complained = '';
    child.stderr?.on('data', (piece) => {
      complained += piece;
    });
    return await new Promise((resolve, reject) => {
      child.stdout?.on('data', (piece) => {
        told += piece;
        const [line, more] = told.split('\n', 2);
        if (more !== undefined) resolve(JSON.parse(line ?? '') as Record<string, unknown>);
      });
      child.once('exit', (status) =>
        reject(new Error(`${program} ended: ${status} ${complained}`)),
      );
    });
  }

  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    }
  }
}
