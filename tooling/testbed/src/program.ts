import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Lines of each stream that are kept for a transcript. */
const LINES_MAX = 200;

/** How a process came to its end. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** Stands before each of its lines in a transcript. */
  readonly label: string;
  readonly argv: readonly string[];
  /** Called with each line of standard output, from the first on. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** One real process of a testbed: its lines, its end, and ways to hurt it. */
export class Program {
  readonly label: string;
  /** Settled when the process has ended and its output is complete. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #output: string[] = [];
  readonly #errors: string[] = [];
  readonly #firstLine: Promise<string>;
  #ending: Ending | undefined;

  constructor({ label, argv, onLine = () => {} }: ProgramOptions) {
    this.label = label;
    const [file = '', ...args] = argv;
    const child = spawn(file, args, {
      stdio: 'pipe',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child = child;
    // It may have been killed; then its end says so.
    child.stdin.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const end = (status: number | null, signal: NodeJS.Signals | null): void => {
        this.#ending ??= { status, signal };
        resolve(this.#ending);
      };
      child.on('error', (error) => {
        this.#errors.push(error.message);
        end(null, null);
      });
      child.on('close', end);
    });
    this.#firstLine = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        keep(this.#output, line);
        onLine(line);
        resolve(line);
      });
    });
    createInterface({ input: child.stderr }).on('line', (line) => keep(this.#errors, line));
  }

  get isRunning(): boolean {
    return this.#ending === undefined;
  }

  /** The first line of standard output; a program that ends without one fails the caller. */
  async firstLine(): Promise<string> {
    const early = this.ended.then(() => {
      throw new Error(`${this.label} ended before it was ready:\n${this.transcript()}`);
    });
    return await Promise.race([this.#firstLine, early]);
  }

  /** Writes a line to its standard input. */
  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Closes its standard input. */
  hangUp(): void {
    this.#child.stdin.end();
  }

  /** It lives, and does nothing any more. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Asks it to stop in order, and gives how it ended. */
  async stop(): Promise<Ending> {
    this.#child.kill('SIGTERM');
    return await this.ended;
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** The end of what it printed, for a failed test. */
  transcript(): string {
    const lines = [...this.#output, ...this.#errors].map((line) => `${this.label} | ${line}`);
    const { status, signal } = this.#ending ?? { status: 'running', signal: null };
    return [...lines, `${this.label} : ${signal ?? status}`].join('\n');
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LINES_MAX) lines.shift();
}
