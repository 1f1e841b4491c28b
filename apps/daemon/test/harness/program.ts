import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from './eventually.js';

const endWithParent = fileURLToPath(new URL('../programs/end-with-parent.mjs', import.meta.url));

/** How a process came to its end. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  readonly label: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Another Node than the one of the tests. */
  readonly node?: string | undefined;
  /** Its standard error is this descriptor of ours, instead of a pipe that is collected. */
  readonly stderr?: number | undefined;
}

/** One real process: what it printed, how it ended, and ways to hurt it. */
export class Program {
  readonly label: string;
  /** Settled when the process has ended and its output is complete. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  readonly #errors: string[] = [];
  readonly #messages: unknown[] = [];
  #ending: Ending | undefined;
  #wake: () => void = () => {};

  constructor(options: ProgramOptions) {
    const { label, file, args, env, node = process.execPath, stderr = 'pipe' } = options;
    this.label = label;
    this.#child = spawn(node, ['--import', endWithParent, file, ...args], {
      stdio: ['ignore', 'pipe', stderr, 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    this.#collect(this.#child.stdout, this.#output);
    this.#collect(this.#child.stderr, this.#errors);
    this.#child.on('message', (message) => {
      this.#messages.push(message);
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status, signal) => {
        this.#ending = { status, signal };
        resolve(this.#ending);
        this.#wake();
      });
    });
  }

  /** Lines of standard output so far. */
  get output(): readonly string[] {
    return this.#output;
  }

  /** Lines of standard error so far. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** What it sent to its parent so far. */
  get messages(): readonly unknown[] {
    return this.#messages;
  }

  tell(word: string): void {
    this.#child.send(word);
  }

  get isRunning(): boolean {
    return this.#ending === undefined;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The first line of standard output, which a program prints when it can serve. */
  async ready(): Promise<Readonly<Record<string, unknown>>> {
    const line = await this.#first('a ready line', () => this.#output[0]);
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  }

  /** The first message that the program sent to its parent. */
  async message(number = 0): Promise<unknown> {
    return await this.#first(`message ${number}`, () => this.#messages[number]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to stop in order and gives how it ended. */
  async stop(): Promise<Ending> {
    this.#child.kill('SIGTERM');
    return await within(`${this.label} stops`, this.ended);
  }

  /** What it printed, labelled, for a failed test. */
  transcript(): string {
    const lines = [...this.#output, ...this.#errors].map((line) => `${this.label} | ${line}`);
    const { status, signal } = this.#ending ?? { status: 'running', signal: undefined };
    return [...lines, `${this.label} : ${signal ?? status}`].join('\n');
  }

  async #first<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      this.#wake = () => {
        const value = look();
        if (value !== undefined) resolve(value);
        else if (this.#ending !== undefined) {
          reject(new Error(`${this.label} ended without ${what}:\n${this.transcript()}`));
        }
      };
      this.#wake();
    });
    return await within(`${this.label} gives ${what}`, found);
  }

  #collect(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    if (stream === null) return;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      this.#wake();
    });
  }
}

/** The built file of a program of this repository. */
export function built(app: 'daemon' | 'name-server', file: string): string {
  return fileURLToPath(new URL(`../../../${app}/dist/${file}`, import.meta.url));
}
