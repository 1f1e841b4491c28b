import { elect, singleton } from '@group-services/recipes';
import { demand, type Part, play, type Scene } from './plays.js';

const TERMS = 3;

interface Term {
  readonly fence: string;
  readonly signal: AbortSignal;
}

/** Who leads, as those see it who do: one at a time, with a fence greater than all before. */
class Reign {
  readonly #fences = new Map<string, string>();
  /** Of those to whom nothing has happened lately. */
  readonly #leaders = new Map<number, string>();
  #greatest = '';
  #terms = 0;

  get terms(): number {
    return this.#terms;
  }

  forget(index: number): void {
    this.#leaders.delete(index);
  }

  begins({ index, world }: Part, who: string, { fence, signal }: Term): void {
    this.#terms += 1;
    const before = this.#fences.get(fence);
    demand(before === undefined, 'one-leader', () => `${who} has the fence ${fence} of ${before}`);
    this.#fences.set(fence, who);
    if (world.isUndisturbed(index) && !signal.aborted) {
      const others = [...this.#leaders.values()];
      demand(others.length === 0, 'alone', () => `${who} leads beside ${others.join()}`);
      demand(fence > this.#greatest, 'fence-grows', () => {
        return `${who} has ${fence} after ${this.#greatest}`;
      });
      this.#leaders.set(index, who);
      signal.addEventListener('abort', () => this.forget(index));
    }
    if (fence > this.#greatest) this.#greatest = fence;
  }
}

/** Processes that lead in turns; the last term of each ends with its candidature. Gives how many there were. */
export async function playElect(scene: Scene): Promise<number> {
  const reign = new Reign();
  await play(scene, 5, async (part, life) => {
    const { index, world, where, rng, signal } = part;
    world.onDisturbed = (other) => reign.forget(other);
    let terms = 0;
    for await (const term of elect(where, 'e', { signal })) {
      terms += 1;
      reign.begins(part, `p${index}-${life} in term ${terms}`, term);
      await world.think(world.profile.timing.suspectAfterMs / 4);
      if (terms === TERMS) break;
      if (rng.chance(0.8)) await term.resign();
      // Whoever asks for the next term without a word leads on until somebody takes it from him.
      else setTimeout(() => void term.resign(), world.profile.timing.suspectAfterMs / 4);
    }
    reign.forget(index);
    demand(terms === TERMS, 'stands-again', () => `p${index} stands no more after ${terms} terms`);
  });
  return reign.terms;
}

class Failed extends Error {}

/** Processes each of which does its part as the only one, and some of them fail. Gives how many runs there were. */
export async function playSingleton(scene: Scene): Promise<number> {
  const reign = new Reign();
  await play(scene, 5, async (part, life) => {
    const { index, world, where, rng, signal } = part;
    world.onDisturbed = (other) => reign.forget(other);
    /** What the latest run came to, if that was in its term. */
    let end: string | undefined;
    const run = async (term: Term): Promise<void> => {
      demand(end === undefined, 'once', () => `p${index} runs again after ${end}`);
      reign.begins(part, `p${index}-${life}`, term);
      await world.think(world.profile.timing.suspectAfterMs / 2);
      reign.forget(index);
      const fails = rng.chance(0.3);
      if (!term.signal.aborted) end = fails ? 'it failed' : 'it was done';
      if (fails) throw new Failed();
    };
    const told = await singleton(where, 's', run, { signal }).then(
      () => 'it was done',
      (error) => (error instanceof Failed ? 'it failed' : String(error)),
    );
    demand(told === end, 'told', () => `p${index} is told that ${told}, but ${end}`);
  });
  return reign.terms;
}
