import { type Rollout, type RolloutOptions, rollout } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const ROUNDS = 3;

/** What a member to whom nothing has happened has done for each value. */
class Works {
  readonly begun = new Set<string>();
  readonly prepared = new Set<string>();
  readonly committed = new Set<string>();
  readonly takenBack = new Set<string>();
}

/** What became of each value, as anybody knows it. */
class Ledger {
  /** By process: its works, until something happens to it. */
  readonly members = new Map<number, Works>();
  readonly #ends = new Map<string, 'committed' | 'aborted'>();

  /** Nobody commits before all have prepared. */
  commits(value: string): void {
    const late = this.#without(value, ({ prepared }) => prepared);
    demand(late.length === 0, 'step-by-step', () => `p${late} had not prepared ${value}`);
  }

  ended(value: string, how: 'committed' | 'aborted'): void {
    const before = this.#ends.get(value) ?? how;
    demand(before === how, 'all-or-nothing', () => `${value} was ${before}, and is ${how}`);
    this.#ends.set(value, how);
    if (how === 'aborted') return;
    const missing = this.#without(value, ({ committed }) => committed);
    demand(missing.length === 0, 'all-or-nothing', () => `${value} is not in force at p${missing}`);
  }

  /** Those who were asked to prepare it, and have not done their part. */
  #without(value: string, done: (works: Works) => ReadonlySet<string>): readonly number[] {
    return [...this.members].flatMap(([index, works]) =>
      works.begun.has(value) && !done(works).has(value) ? [index] : [],
    );
  }
}

/** Processes that propose values, prepare and commit those of all, and are against some. Gives how many were put into force. */
export async function playRollout(scene: Scene): Promise<number> {
  const ledger = new Ledger();
  /** What was put into force, as the one sees it to which nothing happens. */
  const inForce: string[] = [];
  let kept: Rollout<string> | undefined;
  await play(
    scene,
    4,
    async (part, life) => {
      const { index, world, where, signal } = part;
      const { suspectAfterMs } = world.profile.timing;
      world.onDisturbed = (other) => ledger.members.delete(other);
      const steps = await rollout<string>(where, 'r', {
        ...stepsOf(part, ledger),
        signal,
        timeLimit: Math.ceil(6 * suspectAfterMs),
        onProgress: ({ step, value }) => {
          if (index === 0 && step === 'committed') inForce.push(value);
          if (!ledger.members.has(index) || (step !== 'committed' && step !== 'aborted')) return;
          ledger.ended(value, step);
        },
      });
      if (world.isUndisturbed(index)) ledger.members.set(index, new Works());
      for (let round = 0; round < ROUNDS; round += 1) {
        await world.think(suspectAfterMs);
        await propose(steps, ledger, `p${index}-${life}.${round}`);
      }
      if (index === 0) {
        kept = steps;
        return;
      }
      ledger.members.delete(index);
      await steps[Symbol.asyncDispose]();
    },
    async (part) => {
      if (kept !== undefined) await settles(part, { ledger, inForce, kept });
    },
  );
  return inForce.length;
}

function stepsOf(
  { index, world, rng }: Part,
  ledger: Ledger,
): Pick<RolloutOptions<string>, 'prepare' | 'commit' | 'abort'> {
  const { suspectAfterMs } = world.profile.timing;
  const works = (): Works | undefined => ledger.members.get(index);
  return {
    prepare: async (value) => {
      works()?.begun.add(value);
      await world.think(suspectAfterMs / 4);
      if (rng.chance(0.1)) throw new Error('it does not suit this one');
      works()?.prepared.add(value);
    },
    commit: async (value) => {
      ledger.commits(value);
      await world.think(suspectAfterMs / 4);
      if (rng.chance(0.1)) throw new Error('it does not work here');
      works()?.committed.add(value);
    },
    abort: (value) => void works()?.takenBack.add(value),
  };
}

async function propose(steps: Rollout<string>, ledger: Ledger, value: string): Promise<void> {
  const result = (await outcome(steps.propose(value)))?.value;
  if (result === undefined) return;
  const { vetoes } = result;
  demand(result.outcome === 'committed' || vetoes.length > 0, 'says-who', () => {
    return `nobody was against ${value}, and it was aborted`;
  });
  ledger.ended(value, result.outcome);
}

/** When the others have gone: nothing is left half done, and a newcomer finds what is in force. */
async function settles(
  { world, where, signal }: Part,
  { ledger, inForce, kept }: Settling,
): Promise<void> {
  const { suspectAfterMs } = world.profile.timing;
  const works = ledger.members.get(0);
  const open = (): readonly string[] =>
    [...(works?.prepared ?? [])].filter(
      (value) => !inForce.includes(value) && !works?.takenBack.has(value),
    );
  for (let wait = 0; wait < 20 && open().length > 0; wait += 1) await world.think(suspectAfterMs);
  demand(open().length === 0, 'all-or-nothing', () => `${open().join()} is half done`);
  const both = inForce.filter((value) => works?.takenBack.has(value));
  demand(both.length === 0, 'all-or-nothing', () => `${both.join()} is in force and taken back`);
  const nothing = { prepare: () => {}, commit: () => {}, abort: () => {} };
  const newcomer = await rollout<string>(where, 'r', { ...nothing, signal });
  demand(newcomer.value === kept.value, 'all-or-nothing', () => {
    return `a newcomer finds ${newcomer.value}, and ${kept.value} is in force`;
  });
  // The group may have begun anew, with nothing: when everybody else was cut off, and the lead with them.
  const last = kept.value === undefined || kept.value === inForce.at(-1);
  demand(last, 'all-or-nothing', () => `${kept.value} is in force behind ${inForce.at(-1)}`);
}

interface Settling {
  readonly ledger: Ledger;
  readonly inForce: readonly string[];
  readonly kept: Rollout<string>;
}
