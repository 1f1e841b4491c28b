import { Rng } from '@group-services/core';
import { MUTATIONS, type MutationName, SEED_MUTATION_NAMES } from '../mutations/index.js';
import { loadProgram, type Program } from '../mutations/load-program.js';
import { loaded, NO_FAULTS } from '../profile/load-profile.js';
import type { Profile } from '../profile/profile.js';
import { seconded } from '../profile/second-profile.js';
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

/** A few daemons, for a short time: the faults that the defect needs are added, and come often. */
const SHORT = (drawn: Profile): Profile => ({
  ...drawn,
  scale: 'usual',
  daemons: Math.max(3, Math.min(5, drawn.daemons)),
  lasting: undefined,
  load: undefined,
  drains: undefined,
  seconds: undefined,
  safetyMs: 20 * drawn.timing.suspectAfterMs,
});

/** Daemons that are cut off from the name server and stand still. */
const EPHEMERAL = (drawn: Profile): Profile => ({
  ...drawn,
  scale: 'usual',
  daemons: Math.max(3, drawn.daemons),
  store: 'file',
  isolation: 'continue',
  names: 'ephemeral',
  lasting: undefined,
  load: undefined,
  drains: undefined,
  seconds: undefined,
  timing: { ...drawn.timing, leaseMs: drawn.timing.suspectAfterMs, lingerMs: 0 },
  faults: { ...drawn.faults, partition: 2 * drawn.timing.suspectAfterMs },
});

/** Daemons that count on their lease, processes that come and go, and no trouble but late answers. */
const LATE_ANSWERS = (drawn: Profile): Profile => {
  const { suspectAfterMs } = drawn.timing;
  return {
    ...drawn,
    scale: 'usual',
    daemons: Math.max(3, Math.min(4, drawn.daemons)),
    clients: 2,
    groups: 3,
    store: 'file',
    isolation: 'suspend',
    names: 'kept',
    lasting: undefined,
    voting: undefined,
    safetyMs: 25 * suspectAfterMs,
    timing: { ...drawn.timing, leaseMs: 4 * suspectAfterMs, lingerMs: 0 },
    network: { ...drawn.network, loss: 0, tailChance: 0 },
    workload: {
      ...drawn.workload,
      thinkMs: suspectAfterMs / 2,
      handlesMax: 1,
      endChance: 0.02,
      subscribeChance: 0,
      floodChance: 0,
    },
    faults: {
      ...NO_FAULTS,
      clientKill: 0.6 * suspectAfterMs,
      lateAnswers: 6 * suspectAfterMs,
    },
  };
};

/** What a seed must draw for a defect to show at all; the rest of the seed stays. */
const SHAPES: Partial<Record<MutationName, (drawn: Profile) => Profile>> = {
  'names-not-held': (drawn) => {
    const { suspectAfterMs } = drawn.timing;
    return seconded(new Rng(1), SHORT(drawn), { everyMs: suspectAfterMs, alone: true });
  },
  'nodes-asked-once': (drawn) => ({ ...SHORT(drawn), releases: undefined, watched: true }),
  'agreed-lists': withAgreedResults,
  'sleep-not-counted': (drawn) => ({
    ...drawn,
    load: undefined,
    drains: undefined,
    seconds: undefined,
    daemons: Math.max(3, drawn.daemons),
    isolation: 'suspend',
    sleeps: true,
    faults: { ...drawn.faults, pause: 2 * drawn.timing.suspectAfterMs },
  }),
  'wakes-at-once': (drawn) => ({
    ...SHORT(drawn),
    isolation: 'continue',
    faults: {
      ...NO_FAULTS,
      partition: 4 * drawn.timing.suspectAfterMs,
      pause: 2 * drawn.timing.suspectAfterMs,
    },
  }),
  'absent-leader-kept': (drawn) => ({
    ...drawn,
    load: undefined,
    drains: undefined,
    seconds: undefined,
    daemons: Math.max(3, drawn.daemons),
    lasting: { who: 'leader', way: 'both' },
  }),
  'highest-version-continues': (drawn) => ({
    ...SHORT(drawn),
    store: 'memory',
    isolation: 'continue',
    faults: {
      ...NO_FAULTS,
      daemonCrash: 4 * drawn.timing.suspectAfterMs,
      outdatedRecovery: 2 * drawn.timing.suspectAfterMs,
    },
  }),
  'load-is-silence': (drawn) => {
    const { timing } = drawn;
    const { suspectAfterMs } = timing;
    const load = {
      inputMs: suspectAfterMs / 10,
      spellMs: 4 * suspectAfterMs,
      everyMs: suspectAfterMs / 2,
    };
    return loaded(drawn, load);
  },
  'lease-from-answer': LATE_ANSWERS,
  'ephemeral-gone-early': EPHEMERAL,
  'ephemeral-goes-on': EPHEMERAL,
};

/** A defect's first catch among so many seeds. */
export async function firstCatch(
  mutation: MutationName,
  seeds: number,
  from = 1,
): Promise<Catch | undefined> {
  const healthy = await loadProgram<Simulator>(SIMULATOR);
  const mutant = await loadProgram<Simulator>(SIMULATOR, mutation);
  const reshape = SHAPES[mutation];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const options = { seed, ...(reshape === undefined ? {} : { reshape }) };
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

/** Of seeds that vote: everything but lists may be lost with the daemon that has shown it. */
export function withAgreedResults(drawn: Profile): Profile {
  if (drawn.voting === undefined) return drawn;
  return { ...drawn, voting: { ...drawn.voting, agreedResults: true } };
}
