import { semaphore } from '@group-services/recipes';
import { demand, outcome, play, type Scene } from './plays.js';

const ROUNDS = 4;
export const PERMITS = 2;

/** Processes that take permits, more of them than there are permits. Gives how many held one at the same time. */
export async function playSemaphore(scene: Scene): Promise<number> {
  /** How often each fence was given: so many come in with one list at most. */
  const given = new Map<string, number>();
  /** Who holds one, of those to whom nothing has happened lately. */
  const holders = new Map<number, string>();
  let most = 0;
  await play(scene, 5, async ({ index, world, where, signal }, life) => {
    world.onDisturbed = (other) => void holders.delete(other);
    const permits = await semaphore(where, 's', PERMITS, { signal });
    for (let round = 0; round < ROUNDS; round += 1) {
      const held = (await outcome(permits.acquire()))?.value;
      if (held === undefined) continue;
      const { fence } = held;
      const who = `p${index}-${life} round ${round}`;
      const alike = (given.get(fence) ?? 0) + 1;
      given.set(fence, alike);
      demand(alike <= PERMITS, 'permits', () => `${who} is the ${alike}th with the fence ${fence}`);
      if (world.isUndisturbed(index) && !held.signal.aborted) {
        demand(holders.size < PERMITS, 'permits', () => {
          return `${who} beside ${[...holders.values()].join(' and ')}`;
        });
        holders.set(index, who);
        most = Math.max(most, holders.size);
        held.signal.addEventListener('abort', () => holders.delete(index));
      }
      await world.think(world.profile.timing.suspectAfterMs / 4);
      holders.delete(index);
      await held.release();
    }
    await permits[Symbol.asyncDispose]();
  });
  return most;
}
