import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Program, type ProgramOptions } from './program.js';

/** A folder and the processes started for one test; both are gone after `destroy`. */
export class Workbench {
  readonly folder: string;
  readonly #programs: Program[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Workbench> {
    // Not the system's temporary folder, whose name may be too long for the path of a socket.
    return new Workbench(await mkdtemp('/tmp/gs-'));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  run(options: ProgramOptions): Program {
    const program = new Program(options);
    this.#programs.push(program);
    return program;
  }

  /** What all programs printed, for a failed test. */
  transcript(): string {
    return this.#programs.map((program) => program.transcript()).join('\n');
  }

  /** Ends all processes, paused ones as well. */
  async killAll(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }

  async destroy(): Promise<void> {
    await this.killAll();
    await rm(this.folder, { recursive: true, force: true });
  }
}
