import { MUTATIONS, type MutationName, SEED_MUTATION_NAMES } from '../mutations/index.js';
import { loadProgram, type Program } from '../mutations/load-program.js';
import type { Profile } from '../profile/profile.js';
import { SHAPES } from './mutation-shapes.js';
import type { judgeSeed } from './run-seed.js';

/** The first seed in which a deliberate defect shows, and which checker noticed it. */
export interface Catch {
  readonly seed: number;
  readonly checker: string;
  readonly text: string;
}

/** The simulator itself, which brings all engines with it. */
interface Simulator {
  readonly judgeSeed: typeof judgeSeed;
}

const SIMULATOR: Program = { files: ['packages/simulation/src/run/run-seed.ts'] };

/** A defect's first catch among so many seeds. */
export async function firstCatch(
  mutation: MutationName,
  seeds: number,
  from = 1,
): Promise<Catch | undefined> {
  const healthy = await loadProgram<Simulator>(SIMULATOR);
  const mutant = await loadProgram<Simulator>(SIMULATOR, mutation);
  const shape = SHAPES[mutation];
  const reshape = (drawn: Profile): Profile => {
    const shaped = shape === undefined ? drawn : shape(drawn);
    return { ...shaped, dependent: false };
  };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const options = { seed, reshape };
    const { failure } = mutant.judgeSeed(options);
    // What fails without the defect as well says nothing about it.
    if (failure === undefined || healthy.judgeSeed(options).failure !== undefined) continue;
    return { seed, checker: failure.checker, text: failure.text };
  }
  return undefined;
}

/** Looks for every defect given, prints a row of the table for each; the number that escaped. */
export async function showMutations(
  names: readonly string[],
  seeds: number,
  print: (text: string) => void,
): Promise<number> {
  const known = SEED_MUTATION_NAMES.filter((name) => names.includes(name));
  if (known.length !== names.length) {
    throw new TypeError(`the deliberate defects are: ${SEED_MUTATION_NAMES.join(', ')}`);
  }
  let escaped = 0;
  print('| defect | what is wrong | seeds needed | checker |\n| --- | --- | --- | --- |\n');
  for (const name of known) {
    const first = await firstCatch(name, seeds);
    if (first === undefined) escaped += 1;
    const needed = first === undefined ? `more than ${seeds}` : `${first.seed}`;
    print(`| ${name} | ${MUTATIONS[name].what} | ${needed} | ${first?.checker ?? ''} |\n`);
  }
  return escaped;
}
