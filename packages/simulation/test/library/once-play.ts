import { once } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const KEYS = ['a', 'b', 'c'];

/** What is known of one key. */
class Deed {
  readonly #key: string;
  /** What was told to those who stay, and to whom nothing has happened since. */
  readonly #told = new Map<number, string>();
  /** Who is at it, of those to whom nothing has happened. */
  readonly #doing = new Map<number, string>();
  /** The results of runs that came to their end. */
  readonly #results = new Set<string>();
  #fence = '';

  constructor(key: string) {
    this.#key = key;
  }

  forget(index: number): void {
    this.#told.delete(index);
    this.#doing.delete(index);
  }

  begins({ index, world }: Part, who: string, fence: string): void {
    demand(fence > this.#fence || !world.isUndisturbed(index), 'fence-grows', () => {
      return `${who} does ${this.#key} with ${fence} after ${this.#fence}`;
    });
    if (fence > this.#fence) this.#fence = fence;
    if (!world.isUndisturbed(index)) return;
    const others = [...this.#doing.values()];
    demand(others.length === 0, 'once', () => `${who} does ${this.#key} beside ${others.join()}`);
    const told = [...this.#told.values()];
    demand(told.length === 0, 'once', () => {
      return `${who} does ${this.#key}, whose result ${told[0]} is remembered`;
    });
    this.#doing.set(index, who);
  }

  ends(index: number, result: string | undefined): void {
    this.#doing.delete(index);
    if (result !== undefined) this.#results.add(result);
  }

  tells({ index, world }: Part, result: string): void {
    demand(this.#results.has(result), 'once', () => `${result} is the end of no run`);
    const other = [...this.#told.values()].find((each) => each !== result);
    const remembered = other === undefined || !world.isUndisturbed(index);
    demand(remembered, 'once', () => {
      return `p${index} is told ${result} for ${this.#key}, others ${other}`;
    });
    if (world.isUndisturbed(index)) this.#told.set(index, result);
  }
}

/** Processes that all have to do the same things, each of them once; some attempts fail. Gives how many were made. */
export async function playOnce(scene: Scene): Promise<number> {
  const deeds = KEYS.map((key) => ({ key, deed: new Deed(key) }));
  let attempts = 0;
  await play(scene, 4, async (part, life) => {
    const { index, world, where, rng, signal } = part;
    const { suspectAfterMs } = world.profile.timing;
    world.onDisturbed = (other) => {
      for (const { deed } of deeds) deed.forget(other);
    };
    for (const { key, deed } of deeds) {
      await world.think(suspectAfterMs);
      const run = async ({ fence }: { readonly fence: string }): Promise<string> => {
        attempts += 1;
        const who = `p${index}-${life} at ${attempts}`;
        deed.begins(part, who, fence);
        await world.think(suspectAfterMs / 2);
        const fails = rng.chance(0.2);
        deed.ends(index, fails ? undefined : who);
        if (fails) throw new Failed(who);
        return who;
      };
      const told = await outcome(once(where, key, run, { signal }).catch(failedIsTold));
      if (told?.value !== undefined) deed.tells(part, told.value);
    }
    await world.think(suspectAfterMs);
    // From here on this process remembers nothing.
    for (const { deed } of deeds) deed.forget(index);
  });
  return attempts;
}

class Failed extends Error {}

/** Whoever has failed is told so, and another does it. */
function failedIsTold(error: unknown): undefined {
  if (!(error instanceof Failed)) throw error;
}
