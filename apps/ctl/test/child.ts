import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Generous: it is only ever reached by a test that fails. */
const LIMIT_MS = 20_000;

/** How a program ended, and all that it printed. */
export interface Ending {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The built file of a program of this repository. */
export function built(app: 'ctl' | 'daemon' | 'name-server', file: string): string {
  return fileURLToPath(new URL(`../../${app}/dist/${file}`, import.meta.url));
}

/** A real process of one of the built programs. */
export class Child {
  /** Settled when it has ended and its output is complete. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  readonly #errors: string[] = [];
  #isRunning = true;
  #changed: () => void = () => {};

  constructor(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [file, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...env },
    });
    // A program that has ended reads nothing more.
    this.#child.stdin?.on('error', () => undefined);
    for (const [stream, lines] of [
      [this.#child.stdout, this.#output],
      [this.#child.stderr, this.#errors],
    ] as const) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        this.#changed();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status) => {
        this.#isRunning = false;
        resolve({ status, output: this.#output.join('\n'), errors: this.#errors.join('\n') });
        this.#changed();
      });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Writes to its standard input. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The end of its standard input. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** As a reader does that has seen enough. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** The first line of standard output or standard error that fits. */
  line(fits: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#missing(fits, reject), LIMIT_MS);
      this.#changed = () => {
        const found = [...this.#output, ...this.#errors].find((line) => fits.test(line));
        if (found === undefined && this.#isRunning) return;
        clearTimeout(timer);
        if (found === undefined) this.#missing(fits, reject);
        else resolve(found);
      };
      this.#changed();
    });
  }

  #missing(fits: RegExp, reject: (error: Error) => void): void {
    const printed = [...this.#output, ...this.#errors].join('\n');
    reject(new Error(`no line like ${fits} in:\n${printed}`));
  }
}

/** Nothing of the environment of the test run may configure a program. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('GS_') && name !== 'GROUP_SERVICES_ENDPOINT',
    ),
  );
}
