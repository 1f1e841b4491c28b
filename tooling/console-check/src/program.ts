import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** One real process: it says when it is ready, and can be hurt. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #errors: string[] = [];
  readonly #first: Promise<string>;

  constructor(file: string, args: readonly string[]) {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.on('close', () => resolve()));
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => this.#errors.push(line));
    }
    this.#first = new Promise((resolve, reject) => {
      if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
      child.on('close', () => {
        reject(new Error(`${file} ended before it was ready:\n${this.#errors.join('\n')}`));
      });
    });
    // Whoever waits for it hears it; who does not is not concerned.
    this.#first.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The line that it prints when it can serve. */
  async ready(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.#first) as Readonly<Record<string, unknown>>;
  }

  tell(message: object): void {
    this.#child.send(message);
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** The built file of a workspace package. */
export function built(name: string, file: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), 'dist', file);
}
