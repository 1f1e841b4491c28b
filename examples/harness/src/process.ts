import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  /** Where it puts temporary files. */
  readonly scratch: string;
  readonly onMessage?: ((message: unknown) => void) | undefined;
}

/** One process, in a process group with whatever it starts. */
export class Process {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #onMessage: (message: unknown) => void;

  constructor({ file, args, scratch, onMessage = () => {} }: ProcessOptions) {
    this.#onMessage = onMessage;
    this.#child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: { ...process.env, TMPDIR: scratch },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#lines.push(line));
    }
    this.#child.on('message', (message) => this.#onMessage(message));
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status, signal) => resolve({ status, signal }));
    });
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  get #group(): number {
    return this.#child.pid ?? 0;
  }

  /** The first line that it prints, as JSON. */
  async ready(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no output');
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: stdout }).once('line', resolve);
      this.#child.once('exit', () => reject(new Error(this.output)));
    });
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  }

  /** A message on its channel. */
  send(message: Serializable): void {
    this.#child.send(message, () => {});
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Whether it or anything that it started is still there. */
  get leftSomethingBehind(): boolean {
    try {
      process.kill(-this.#group, 0);
      return true;
    } catch {
      // There is no such process group any more.
      return false;
    }
  }

  /** Ends it with all that it started. */
  async destroy(): Promise<void> {
    if (this.leftSomethingBehind) process.kill(-this.#group, 'SIGKILL');
    await this.ended;
  }
}
