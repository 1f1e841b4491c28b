import type { NameServer } from './name-server.js';
import { built, type Program } from './program.js';
import type { Workbench } from './workbench.js';

export interface DaemonParts {
  readonly bench: Workbench;
  readonly node: string;
  readonly nameServer: NameServer;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The daemon of one node of a test domain. */
export class Daemon {
  readonly node: string;
  readonly #parts: DaemonParts;
  #program: Program | undefined;
  #ready: Readonly<Record<string, unknown>> = {};

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    this.node = parts.node;
  }

  get socketPath(): string {
    return this.#parts.bench.path(`${this.node}.sock`);
  }

  get endpoint(): string {
    return `unix://${this.socketPath}`;
  }

  /** Where it listens for other daemons. */
  get listen(): string {
    return String(this.#ready['listen']);
  }

  get admin(): string {
    return String(this.#ready['admin']);
  }

  get program(): Program {
    if (this.#program === undefined) throw new Error(`${this.node} was never started`);
    return this.#program;
  }

  /** Starts it (again) under its name; resolves with its ready line. */
  async start(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    this.launch(...args);
    this.#ready = await this.program.ready();
    return this.#ready;
  }

  /** Starts it without waiting: it may be meant to fail. Options given here come last and win. */
  launch(...args: readonly string[]): Program {
    const program = this.#parts.bench.run({
      label: this.node,
      file: built('daemon', 'gsd.js'),
      args: this.#commandLine(args),
      env: this.#parts.env,
    });
    this.#program = program;
    return program;
  }

  /** JSON that its admin endpoint answers. */
  async status(path: string): Promise<unknown> {
    const response = await fetch(`${this.admin}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return await response.json();
  }

  #commandLine(args: readonly string[]): string[] {
    const settings = new Map([
      ['--name-server', this.#parts.nameServer.address],
      ['--node', this.node],
      ['--listen', 'tcp://127.0.0.1:0'],
      ['--admin', 'http://127.0.0.1:0'],
      ['--client', this.endpoint],
    ]);
    const given = [...this.#parts.args, ...args];
    for (let at = 0; at < given.length; at += 2) settings.set(given[at] ?? '', given[at + 1] ?? '');
    return [...settings].flat();
  }
}
