import { GroupServicesError } from '@group-services/client';
import { Rng } from '@group-services/core';
import { Violation } from '../../src/checkers/violation.js';
import type { LibraryFault } from '../../src/library/library-fault.js';
import { LibraryWorld } from '../../src/library/library-world.js';

/** What one play is made of. */
export interface Scene {
  readonly seed: number;
  readonly faults: readonly LibraryFault[];
}

export const NODE_OF = ['n3', 'n1', 'n2', 'n1', 'n2'];

/** The part of one process in a play. */
export interface Part {
  readonly index: number;
  readonly world: LibraryWorld;
  readonly rng: Rng;
  /** How a recipe of this process connects. */
  readonly where: { readonly endpoint: string; readonly connectTimeout: number };
  readonly signal: AbortSignal;
}

/** Process 0 and its daemon are spared; it ends when all others have, and whoever is killed starts again. */
export async function play(
  { seed, faults }: Scene,
  processes: number,
  main: (part: Part, life: number) => Promise<void>,
  spared?: (part: Part) => Promise<void>,
): Promise<LibraryWorld> {
  const rng = new Rng(seed ^ 0x5eed);
  let running = processes - 1;
  const programs = Array.from({ length: processes }, (_, index) => {
    const own = rng.fork();
    const node = NODE_OF[index % NODE_OF.length] ?? 'n3';
    return {
      node,
      spared: index === 0,
      main: async (life: number): Promise<void> => {
        const end = new AbortController();
        const connectTimeout = 20 * world.profile.timing.suspectAfterMs;
        const where = { endpoint: `sim://${node}`, connectTimeout, keepAlive: connectTimeout / 4 };
        const part = { index, world, rng: own, where, signal: end.signal };
        if (index > 0) {
          await main(part, life);
          running -= 1;
        } else {
          await main(part, life);
          while (running > 0) await world.think(world.profile.timing.suspectAfterMs);
          await spared?.(part);
        }
        end.abort();
      },
    };
  });
  const world = new LibraryWorld({ seed, faults, programs });
  await world.play();
  return world;
}

/** What a call answers; undefined: it failed as calls may fail, and nobody may know what became of it. */
export async function outcome<T>(call: Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await call };
  } catch (error) {
    if (!(error instanceof GroupServicesError)) throw error;
    return undefined;
  }
}

export function demand(holds: boolean, checker: string, what: () => string): void {
  if (!holds) throw new Violation(checker, what());
}
