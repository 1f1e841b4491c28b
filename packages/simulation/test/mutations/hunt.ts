import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { MutationName } from '../../src/mutations/index.js';
import { loadProgram, type Program } from '../../src/mutations/load-program.js';

/** The first random run that noticed a defect, and as what. */
interface Recorded {
  readonly seed: number;
  readonly noticed: string;
}

/** Random runs of a program, numbered from 1. */
export interface Runs<Module> {
  readonly program: Program;
  /** Beside this file: which run notices which defect. */
  readonly table: string;
  readonly defects: readonly MutationName[];
  /** What is wrong with one run, in a word or two. */
  readonly violated: (module: Module, seed: number) => string | undefined;
}

/** More than twice what the rarest took. */
const LOOK_ON = 1000;

/**
 * Looks in random runs for the one that notices a defect.
 *
 * Which one did is written down to save time, and no more: when a change of the engines gives that run
 * another course, the first runs are looked through for another one.
 */
export class Hunt<Module> {
  readonly #runs: Runs<Module>;
  readonly #healthy: Promise<Module>;
  readonly #isClean = new Map<number, boolean>();

  constructor(runs: Runs<Module>) {
    this.#runs = runs;
    this.#healthy = loadProgram<Module>(runs.program);
  }

  /** What was written down; looks through `search` runs for each defect and writes it anew if there are any. */
  async recorded(search: number): Promise<readonly (readonly [MutationName, Recorded])[]> {
    const file = join(import.meta.dirname, this.#runs.table);
    if (search > 0) {
      const found: Partial<Record<MutationName, Recorded>> = {};
      for (const name of this.#runs.defects) {
        const mutant = await loadProgram<Module>(this.#runs.program, name);
        const first = await this.#firstCatch(mutant, search);
        if (first !== undefined) found[name] = first;
      }
      writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    }
    const table: Partial<Record<MutationName, Recorded>> = JSON.parse(readFileSync(file, 'utf8'));
    return this.#runs.defects.flatMap((name) => {
      const first = table[name];
      return first === undefined ? [] : [[name, first] as const];
    });
  }

  /** Expects that a run notices the defect, the one that is written down if possible. */
  async expectNoticed(name: MutationName, { seed }: Recorded): Promise<void> {
    const mutant = await loadProgram<Module>(this.#runs.program, name);
    if ((await this.#noticed(mutant, seed)) !== undefined) return;
    const first = await this.#firstCatch(mutant, LOOK_ON);
    expect(first, `no run of ${LOOK_ON} notices it`).toBeDefined();
  }

  async #firstCatch(mutant: Module, runs: number): Promise<Recorded | undefined> {
    for (let seed = 1; seed <= runs; seed += 1) {
      const noticed = await this.#noticed(mutant, seed);
      if (noticed !== undefined) return { seed, noticed };
    }
    return undefined;
  }

  /** What fails without the defect as well says nothing about it. */
  async #noticed(mutant: Module, seed: number): Promise<string | undefined> {
    const noticed = this.#violated(mutant, seed);
    if (noticed === undefined) return undefined;
    const isClean =
      this.#isClean.get(seed) ?? this.#violated(await this.#healthy, seed) === undefined;
    this.#isClean.set(seed, isClean);
    return isClean ? noticed : undefined;
  }

  #violated(module: Module, seed: number): string | undefined {
    try {
      return this.#runs.violated(module, seed);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
