import { type Lock, rwlock } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const ROUNDS = 4;

type Mode = 'read' | 'write';

/** Who holds it in which way, of those to whom nothing has happened lately; and every fence that was given. */
class Holders {
  /** The most readers that were there together. */
  mostReaders = 0;
  readonly #present = new Map<number, { readonly mode: Mode; readonly who: string }>();
  readonly #modes = new Map<string, Mode>();
  #greatest: Readonly<Record<Mode, string>> = { read: '', write: '' };

  leave(index: number): void {
    this.#present.delete(index);
  }

  take({ index, world }: Part, { mode, who, held }: Taken): void {
    const { fence, signal } = held;
    const before = this.#modes.get(fence);
    demand(before === undefined || (before === 'read' && mode === 'read'), 'fences', () => {
      return `${who} has for a ${mode} the fence ${fence} of a ${before}`;
    });
    this.#modes.set(fence, mode);
    if (!world.isUndisturbed(index) || signal.aborted) return;
    const beside = [...this.#present.values()].filter(
      (other) => mode === 'write' || other.mode === 'write',
    );
    demand(beside.length === 0, 'alone', () => {
      return `${who} (${mode}) beside ${beside.map((other) => `${other.who} (${other.mode})`).join()}`;
    });
    // A writer comes behind all that had it before, a reader behind all writers.
    const { read, write } = this.#greatest;
    const last = mode === 'write' && read > write ? read : write;
    demand(fence > last, 'fence-grows', () => `${who} (${mode}) has ${fence} after ${last}`);
    this.#greatest = { ...this.#greatest, [mode]: fence > this.#greatest[mode] ? fence : last };
    this.#present.set(index, { mode, who });
    if (mode === 'read') this.mostReaders = Math.max(this.mostReaders, this.#present.size);
    signal.addEventListener('abort', () => this.leave(index));
  }
}

interface Taken {
  readonly mode: Mode;
  readonly who: string;
  readonly held: Lock;
}

/** Processes that read and write in turns. Gives how many have read together. */
export async function playRwlock(scene: Scene): Promise<number> {
  const holders = new Holders();
  await play(scene, 5, async (part, life) => {
    const { index, world, where, rng, signal } = part;
    world.onDisturbed = (other) => holders.leave(other);
    const lock = await rwlock(where, 'rw', { signal });
    for (let round = 0; round < ROUNDS; round += 1) {
      const mode = rng.chance(0.6) ? 'read' : 'write';
      const held = (await outcome(lock[mode]()))?.value;
      if (held === undefined) continue;
      holders.take(part, { mode, who: `p${index}-${life} round ${round}`, held });
      await world.think(world.profile.timing.suspectAfterMs / 4);
      holders.leave(index);
      await held.release();
    }
    await lock[Symbol.asyncDispose]();
  });
  return holders.mostReaders;
}
