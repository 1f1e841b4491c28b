import { type Assignment, partition } from '@group-services/recipes';
import { demand, type Part, play, type Scene } from './plays.js';

const KEYS = Array.from({ length: 12 }, (_, index) => `key-${index}`);
const ROUNDS = 5;

interface Owner {
  readonly index: number;
  readonly fence: string;
}

/** Somebody to whom nothing has happened since it came. */
interface Member {
  /** The fence of its first assignment. */
  readonly since: string;
}

/** Who has what, as far as nothing has happened to them; and the last fence of every key. */
class Ledger {
  readonly #owners = new Map<string, Owner>();
  readonly #fences = new Map<string, Owner>();
  readonly #members = new Map<number, Member>();

  forget(index: number): void {
    this.#members.delete(index);
    for (const [key, owner] of this.#owners) if (owner.index === index) this.#owners.delete(key);
  }

  take(part: Part, assignment: Assignment): void {
    const { index, world } = part;
    const { lost, gained, owned, fence } = assignment;
    this.#moves(part, assignment);
    for (const key of lost) if (this.#owners.get(key)?.index === index) this.#owners.delete(key);
    for (const key of gained) {
      const last = this.#fences.get(key);
      const isOther = last !== undefined && last.index !== index;
      demand(!isOther || last.fence !== fence, 'one-owner', () => {
        return `p${index} has ${key} with the fence ${fence} of p${last?.index}`;
      });
      if (last === undefined || fence > last.fence) this.#fences.set(key, { index, fence });
      if (!world.isUndisturbed(index)) continue;
      const other = this.#owners.get(key);
      demand(other === undefined || other.index === index, 'one-owner', () => {
        return `p${index} has ${key} beside p${other?.index}`;
      });
      this.#owners.set(key, { index, fence });
    }
    if (owned.length === 0) this.forget(index);
  }

  /** Of two who are there all the time neither gets a key that the other had: only who comes or goes moves any. */
  #moves({ index, world }: Part, { gained, owned, fence }: Assignment): void {
    if (!world.isUndisturbed(index)) return;
    // It has everything for the first time, so it may have come just now.
    if (gained.length === owned.length) this.#members.set(index, { since: fence });
    const since = this.#members.get(index)?.since;
    if (since === undefined) return;
    for (const key of gained) {
      const last = this.#fences.get(key);
      if (last === undefined || last.index === index || !this.#members.has(last.index)) continue;
      demand(since > last.fence, 'least-movement', () => {
        return `${key} moves from p${last.index}, who got it with ${last.fence} and stays, to p${index}, there since ${since}`;
      });
    }
  }

  /** Everything that somebody has had is had by somebody, or the key is free to be had. */
  get owners(): number {
    return new Set([...this.#owners.values()].map(({ index }) => index)).size;
  }
}

/** Processes that come and go, and divide keys. */
export async function playPartition(scene: Scene): Promise<void> {
  const ledger = new Ledger();
  const last = new Map<number, readonly string[]>();
  await play(scene, 4, async (part) => {
    const { index, world, where, rng } = part;
    world.onDisturbed = (other) => ledger.forget(other);
    const stop = new AbortController();
    const { suspectAfterMs } = world.profile.timing;
    await world.think(suspectAfterMs);
    const stay = index === 0 ? 2 * ROUNDS : rng.between(1, ROUNDS);
    setTimeout(() => stop.abort(), stay * suspectAfterMs);
    for await (const assignment of partition(where, 'keys', { keys: KEYS, signal: stop.signal })) {
      ledger.take(part, assignment);
      last.set(index, assignment.owned);
      // Whoever is told to let go takes its time, and others must wait for that.
      if (assignment.lost.length > 0) await world.think(suspectAfterMs / 4);
    }
    ledger.forget(index);
    demand(last.get(index)?.length === 0 || stop.signal.aborted, 'one-owner', () => {
      return `p${index} ends with keys that nobody took from it`;
    });
  });
}
