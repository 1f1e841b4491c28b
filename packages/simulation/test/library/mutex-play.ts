import { mutex } from '@group-services/recipes';
import { demand, outcome, play, type Scene } from './plays.js';

const ROUNDS = 4;

/** Processes that take a lock in turns, and use what it protects with its fence. */
export async function playMutex(scene: Scene): Promise<void> {
  const fences = new Map<string, string>();
  /** Who holds it, of those to whom nothing has happened lately. */
  const holders = new Map<number, string>();
  /** What the lock protects: it knows the greatest fence. */
  let greatest = '';
  await play(scene, 5, async ({ index, world, where, signal }, life) => {
    world.onDisturbed = (other) => void holders.delete(other);
    const lock = await mutex(where, 'm', { signal });
    for (let round = 0; round < ROUNDS; round += 1) {
      const held = (await outcome(lock.acquire()))?.value;
      if (held === undefined) continue;
      const { fence } = held;
      const who = `p${index}-${life} round ${round}`;
      const before = fences.get(fence);
      demand(
        before === undefined,
        'one-holder',
        () => `${who} has the fence ${fence} of ${before}`,
      );
      fences.set(fence, who);
      if (world.isUndisturbed(index) && !held.signal.aborted) {
        demand(holders.size === 0, 'alone', () => `${who} beside ${[...holders.values()].join()}`);
        demand(fence > greatest, 'fence-grows', () => `${who} has ${fence} after ${greatest}`);
        holders.set(index, who);
        held.signal.addEventListener('abort', () => holders.delete(index));
      }
      if (fence > greatest) greatest = fence;
      await world.think(world.profile.timing.suspectAfterMs / 4);
      holders.delete(index);
      await held.release();
    }
    await lock[Symbol.asyncDispose]();
  });
}
