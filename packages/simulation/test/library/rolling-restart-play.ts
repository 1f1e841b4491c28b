import { type RollingRestart, rollingRestart } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const PROCESSES = 4;
const RUNS = 2;
/** All others stay up. */
const MINIMUM = PROCESSES - 1;
/** Where more is lost, three heartbeats in a row may be: a node counts as failed to which nothing has happened. */
const LOSS_MAX = 0.05;

/** One that came and to whom nothing has happened since. */
interface Member {
  restarts: number;
}

/** Each member when somebody asked for a run, and how often it had restarted. */
type Asked = readonly (readonly [index: number, member: Member, restarts: number])[];

/** Who is up and who restarts. */
class Fleet {
  /** Members, from before they come to behind their end. */
  readonly #members = new Set<number>();
  readonly #undisturbed = new Map<number, Member>();
  readonly #restarting = new Set<number>();
  #restarts = 0;

  get restarts(): number {
    return this.#restarts;
  }

  comes(index: number): void {
    this.#members.add(index);
  }

  /** From here on a whole run restarts it. */
  isMember({ index, world }: Part): void {
    const { loss } = world.profile.network;
    if (loss <= LOSS_MAX && world.isUndisturbed(index))
      this.#undisturbed.set(index, { restarts: 0 });
  }

  forget(index: number): void {
    this.#undisturbed.delete(index);
    this.#restarting.delete(index);
  }

  goes(index: number): void {
    this.forget(index);
    this.#members.delete(index);
  }

  begins({ index, world }: Part): void {
    this.#restarts += 1;
    demand(this.#members.size > MINIMUM, 'minimum', () => {
      return `p${index} restarts while ${[...this.#members].join()} are there`;
    });
    if (!world.isUndisturbed(index)) return;
    const others = [...this.#restarting].map((other) => `p${other}`);
    demand(others.length === 0, 'one-by-one', () => `p${index} restarts beside ${others.join()}`);
    this.#restarting.add(index);
  }

  ends(index: number): void {
    this.#restarting.delete(index);
    const member = this.#undisturbed.get(index);
    if (member !== undefined) member.restarts += 1;
  }

  get asked(): Asked {
    return [...this.#undisturbed].map(([index, member]) => [index, member, member.restarts]);
  }

  /** The run is over that was asked for then: who was there all the time has restarted. */
  done(asked: Asked): void {
    for (const [index, member, before] of asked) {
      const stayed = this.#undisturbed.get(index) === member;
      demand(!stayed || member.restarts > before, 'everybody', () => `p${index} was left out`);
    }
  }
}

/** A fleet whose members ask for restarts of all, while one of them goes and comes. Gives how many restarts there were. */
export async function playRollingRestart(scene: Scene): Promise<number> {
  const fleet = new Fleet();
  const ready = new Set<number>();
  /** Runs that were asked for and are not known to be over: a new one may be one of them. */
  let open = 0;
  await play(scene, PROCESSES, async (part) => {
    const { index, world, rng } = part;
    const { suspectAfterMs } = world.profile.timing;
    world.onDisturbed = (other) => fleet.forget(other);
    let member = await enter(fleet, part);
    // In an earlier life it may have been done, and others may have gone since.
    for (let run = 0; run < RUNS && !ready.has(index); run += 1) {
      await world.think(suspectAfterMs);
      const asked = fleet.asked;
      const wasFirst = open === 0;
      open += 1;
      const told = await outcome(member.run());
      // What became of one that failed nobody knows.
      if (told === undefined) continue;
      open -= 1;
      if (wasFirst) fleet.done(asked);
      if (index === PROCESSES - 1 && rng.chance(0.7)) {
        await member[Symbol.asyncDispose]();
        // Others may hear of it later.
        await pause(suspectAfterMs);
        fleet.goes(index);
        await pause(2 * suspectAfterMs);
        member = await enter(fleet, part);
      }
    }
    ready.add(index);
    // Nobody goes for good before all are done: the rest would be too few.
    while (ready.size < PROCESSES) await world.think(suspectAfterMs / 2);
    // A run that somebody asked for who was killed may still go on.
    fleet.forget(index);
    await member[Symbol.asyncDispose]();
  });
  return fleet.restarts;
}

async function enter(fleet: Fleet, part: Part): Promise<RollingRestart> {
  const { index, world, where, signal } = part;
  fleet.comes(index);
  const member = await rollingRestart(where, 'r', {
    minimum: MINIMUM,
    signal,
    restart: async () => {
      fleet.begins(part);
      await world.think(world.profile.timing.suspectAfterMs / 4);
      fleet.ends(index);
    },
  });
  fleet.isMember(part);
  return member;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
