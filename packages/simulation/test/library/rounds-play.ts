import { countdown, type Phaser, phaser } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const PROCESSES = 4;
const PARTIES = 2;
const PHASES = 5;

/** Up to which round each is done, of the members to whom nothing has happened since they came. */
class Progress {
  readonly #done = new Map<number, number>();

  /** `over`: as many rounds as the newcomer finds over. */
  enters({ index, world }: Part, over: number): void {
    if (world.isUndisturbed(index)) this.#done.set(index, over);
  }

  leaves(index: number): void {
    this.#done.delete(index);
  }

  /** So many rounds have nothing to wait for from this one any more. */
  done(index: number, rounds: number): void {
    const before = this.#done.get(index);
    if (before !== undefined) this.#done.set(index, Math.max(before, rounds));
  }

  /** For this one so many rounds are over: then everybody is done with them. */
  over(index: number, rounds: number): void {
    if (!this.#done.has(index)) return;
    for (const [other, done] of this.#done) {
      demand(done >= rounds, 'all-done', () => {
        return `p${index} is told that ${rounds} are over, and p${other} is done with ${done}`;
      });
    }
  }
}

/** Processes that are done one after the other. Nobody goes on before all are. */
export async function playCountdown(scene: Scene): Promise<void> {
  const progress = new Progress();
  let others = PROCESSES - 1;
  await play(scene, PROCESSES, async (part) => {
    const { index, world, where, rng, signal } = part;
    const { suspectAfterMs } = world.profile.timing;
    world.onDisturbed = (other) => progress.leaves(other);
    const parties = PARTIES;
    const end = await countdown(where, 'c', { parties, signal });
    progress.enters(part, end.isOver ? 1 : 0);
    await world.think(suspectAfterMs);
    progress.done(index, 1);
    if (rng.chance(0.5)) {
      end.countDown();
      await world.think(suspectAfterMs);
    }
    const { present } = await end.wait();
    // Whoever comes when it is over learns who is there now.
    demand(present.length > 0 && end.isOver, 'over', () => `p${index} is told ${present.join()}`);
    progress.over(index, 1);
    await world.think(suspectAfterMs);
    demand(end.isOver, 'over', () => `for p${index} it is over no more`);
    progress.leaves(index);
    if (index > 0) others -= 1;
    // With its last member a group forgets that it was over.
    while (index === 0 && others > 0) await world.think(suspectAfterMs);
    await end[Symbol.asyncDispose]();
  });
}

/** Processes that go through phases, and say at times that they are done before they wait. Gives the last phase. */
export async function playPhaser(scene: Scene): Promise<number> {
  const progress = new Progress();
  const over = new AbortController();
  let others = PROCESSES - 1;
  let last = 0;
  await play(scene, PROCESSES, async (part) => {
    const { index, world, where, rng, signal } = part;
    const { suspectAfterMs } = world.profile.timing;
    world.onDisturbed = (other) => progress.leaves(other);
    const phases = await phaser(where, 'p', { parties: PARTIES, signal });
    progress.enters(part, phases.phase);
    // The one that is spared takes part as long as others do: the last of them would be too few.
    for (let count = 0; index === 0 || count < PHASES; count += 1) {
      await world.think(suspectAfterMs / 4);
      if (over.signal.aborted) break;
      if (rng.chance(0.3)) {
        progress.done(index, phases.phase + 1);
        phases.arrive();
        await world.think(suspectAfterMs / 4);
      }
      const phase = await next(phases, over.signal, () => {
        progress.done(index, phases.phase + 1);
      });
      if (phase === undefined) continue;
      last = Math.max(last, phase);
      progress.over(index, phase);
    }
    progress.leaves(index);
    await phases[Symbol.asyncDispose]();
    if (index > 0) others -= 1;
    if (others === 0) over.abort();
  });
  return last;
}

/** The phase that it came to; undefined: it was given up. */
async function next(
  phases: Phaser,
  signal: AbortSignal,
  done: () => void,
): Promise<number | undefined> {
  const before = phases.phase;
  done();
  const told = (await outcome(phases.next({ signal })))?.value;
  if (told === undefined) {
    demand(signal.aborted, 'goes-on', () => 'nobody gave up, and the next phase did not come');
    return undefined;
  }
  demand(told.phase > before, 'phases-grow', () => `${told.phase} comes after ${before}`);
  return told.phase;
}
