import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LabelledOutput } from './labelled-output.js';

/** A program is killed when it does not end in time. */
const STOP_LIMIT_MS = 6_000;

/** One process of the domain, started from its built file. */
export class Program {
  readonly label: string;
  readonly #output: LabelledOutput;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(label: string, output: LabelledOutput) {
    this.label = label;
    this.#output = output;
  }

  /** Starts it and waits for its ready line; rejects when it ends before that. */
  async start(file: string, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on('exit', () => resolve());
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#output.log(this.label, line);
    });
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) => {
        resolve(JSON.parse(line) as Readonly<Record<string, unknown>>);
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        reject(new Error(`${this.label} ended with status ${code} before it was ready`));
      });
    });
  }

  /** As a crash would end it. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** In order; killed when that takes too long. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(limit);
  }
}
