import type { Counters } from '../src/counters.js';
import { TRANSITIONS } from '../src/run/transitions.js';

/** So many of the chosen seeds reach each transition, or as many as there are among all. */
const EACH = 3;
/** What a seed costs beside what happens in it, in milliseconds. */
const COST_OF_ONE = 150;

interface Looked {
  readonly seed: number;
  readonly ms: number;
  readonly reaches: readonly string[];
}

/**
 * Looks at the seeds from 1 on and chooses some that together reach each transition a few times: one after
 * the other the seed that reaches most of what is still wanting for the time that it takes.
 */
export async function chosenSeeds(
  among: number,
  look: (seed: number) => Promise<Counters>,
): Promise<readonly number[]> {
  const looked: Looked[] = [];
  for (let seed = 1; seed <= among; seed += 1) {
    const before = process.cpuUsage();
    const counters = await look(seed);
    const { user, system } = process.cpuUsage(before);
    const reached = TRANSITIONS.filter((one) =>
      one.counters.some((name) => counters.get(name) > 0),
    );
    looked.push({ seed, ms: (user + system) / 1000, reaches: reached.map(({ name }) => name) });
  }
  return chosenOf(looked);
}

/** The same of seeds that were looked at. */
export function chosenOf(looked: readonly Looked[]): readonly number[] {
  const wanting = new Map<string, number>();
  for (const name of looked.flatMap(({ reaches }) => reaches)) {
    wanting.set(name, Math.min(EACH, (wanting.get(name) ?? 0) + 1));
  }
  const open = new Set(looked);
  const gain = ({ ms, reaches }: Looked): number =>
    reaches.filter((name) => (wanting.get(name) ?? 0) > 0).length / (ms + COST_OF_ONE);
  const chosen: number[] = [];
  while ([...wanting.values()].some((count) => count > 0)) {
    const best = [...open].reduce((a, b) => (gain(b) > gain(a) ? b : a));
    open.delete(best);
    chosen.push(best.seed);
    for (const name of best.reaches) wanting.set(name, (wanting.get(name) ?? 0) - 1);
  }
  return chosen.toSorted((a, b) => a - b);
}
