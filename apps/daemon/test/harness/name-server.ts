import { built, type Program } from './program.js';
import type { Workbench } from './workbench.js';

const ANY_PORT = 'tcp://127.0.0.1:0';

/** The name server of a test domain; started again, it listens where it did. */
export class NameServer {
  readonly #bench: Workbench;
  readonly #args: readonly string[];
  #program: Program | undefined;
  #listen = ANY_PORT;
  #admin = '';

  constructor(bench: Workbench, args: readonly string[]) {
    this.#bench = bench;
    this.#args = args;
  }

  get address(): string {
    return this.#listen;
  }

  get admin(): string {
    return this.#admin;
  }

  get program(): Program {
    if (this.#program === undefined) throw new Error('the name server was never started');
    return this.#program;
  }

  /** Starts it for the first time: there is nothing to recover, so no recovery window either. */
  async startFirst(): Promise<void> {
    await this.start('--fresh');
  }

  /** Resolves when it serves. */
  async start(...args: readonly string[]): Promise<void> {
    const fixed = ['--listen', this.#listen, '--admin', 'http://127.0.0.1:0'];
    this.#program = this.#bench.run({
      label: 'gsns',
      file: built('name-server', 'gsns.js'),
      args: [...fixed, ...this.#args, ...args],
    });
    const ready = await this.#program.ready();
    this.#listen = String(ready['listen']);
    this.#admin = String(ready['admin']);
  }
}
