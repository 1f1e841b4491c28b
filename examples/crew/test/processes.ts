import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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

/** A name server, two daemons, and a tree of files to hash. */
export class Workshop {
  readonly #folder: string;
  readonly #processes: Process[] = [];
  readonly #daemons: Process[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(this.#scratch);
  }

  /** Temporary files that have not been removed. */
  get scraps(): readonly string[] {
    return readdirSync(this.#scratch);
  }

  get #scratch(): string {
    return join(this.#folder, 'scratch');
  }

  static async open(): Promise<Workshop> {
    // Not the system's temporary folder, whose name may be too long for the path of a socket.
    const workshop = new Workshop(await mkdtemp('/tmp/gs-'));
    const address = await workshop.#startNameServer();
    await Promise.all([0, 1].map((index) => workshop.#startDaemon(index, address)));
    return workshop;
  }

  endpoint(index: number): string {
    return `unix://${join(this.#folder, `${index}.sock`)}`;
  }

  /** Makes a tree with so many files and gives its root. */
  tree(files: number): string {
    const root = join(this.#folder, 'tree');
    mkdirSync(join(root, 'deep', 'er'), { recursive: true });
    for (let file = 0; file < files; file += 1) {
      const name = `${String(file).padStart(3, '0')}.txt`;
      writeFileSync(join(root, file % 2 === 0 ? '.' : 'deep/er', name), `file ${file}\n`);
    }
    return root;
  }

  /** Runs the example over both daemons. */
  crew(args: readonly string[], onMessage?: (message: unknown) => void): Process {
    const endpoints = [0, 1].flatMap((index) => ['--endpoint', this.endpoint(index)]);
    return this.run(built('../dist/crew.js'), [...args, ...endpoints], onMessage);
  }

  run(file: string, args: readonly string[], onMessage?: (message: unknown) => void): Process {
    const started = new Process({ file, args, scratch: this.#scratch, onMessage });
    this.#processes.push(started);
    return started;
  }

  killDaemon(index: number): void {
    this.#daemons[index]?.signal('SIGKILL');
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((started) => started.destroy()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startNameServer(): Promise<string> {
    const anywhere = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
    const file = built('../../../apps/name-server/dist/gsns.js');
    const ready = await this.run(file, [...anywhere, '--fresh']).ready();
    return String(ready['listen']);
  }

  async #startDaemon(index: number, nameServer: string): Promise<void> {
    const daemon = this.run(built('../../../apps/daemon/dist/gsd.js'), [
      ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'],
      ...['--name-server', nameServer, '--node', `n${index}`, '--client', this.endpoint(index)],
    ]);
    this.#daemons[index] = daemon;
    await daemon.ready();
  }
}

/** A built file, from its place relative to this folder. */
function built(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
