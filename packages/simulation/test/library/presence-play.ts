import {
  type Presence,
  type PresenceChange,
  type Present,
  presence,
} from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const ROUNDS = 3;
const PROCESSES = 4;
/** So many failure timeouts after it came in, one to whom nothing has happened is listed. */
const LISTED_SUSPICIONS = 20;
/** So many after the others have gone, nobody else is listed. */
const GONE_SUSPICIONS = 60;

interface Card {
  readonly who: string;
  readonly round: number;
}

/** Who says to be here. */
class Register {
  /** Everything that anybody has ever said about itself. */
  readonly #said = new Set<string>();
  /** Those who are in and to whom nothing has happened, since when. */
  readonly #inside = new Map<number, { readonly who: string; readonly at: number }>();

  says(card: Card): Card {
    this.#said.add(JSON.stringify(card));
    return card;
  }

  isIn({ index, world }: Part, who: string): void {
    if (world.isUndisturbed(index)) this.#inside.set(index, { who, at: world.now });
  }

  leaves(index: number): void {
    this.#inside.delete(index);
  }

  /** What a watcher to whom nothing happens may see at any time. */
  check(list: readonly Present<Card>[], bound: number): void {
    const ids = new Set(list.map(({ id }) => id));
    demand(ids.size === list.length, 'listed-once', () => JSON.stringify(list));
    const foreign = list.find(({ metadata }) => !this.#said.has(JSON.stringify(metadata)));
    demand(foreign === undefined, 'own-words', () => JSON.stringify(foreign));
    const listed = new Set(list.map(({ metadata }) => metadata.who));
    for (const { who, at } of this.#inside.values()) {
      demand(at > bound || listed.has(who), 'all-living', () => {
        return `${who} is in since ${at} and not listed: ${[...listed].join()}`;
      });
    }
  }
}

/** Processes that come in, say something else about themselves, and leave or die. One watches. */
export async function playPresence(scene: Scene): Promise<void> {
  const register = new Register();
  let others = PROCESSES - 1;
  await play(scene, PROCESSES, async (part, life) => {
    const { index, world, where, signal } = part;
    world.onDisturbed = (other) => register.leaves(other);
    const room = await presence<Card>(where, 'room', { signal });
    if (index === 0) return await watches(part, { room, register, isOver: () => others === 0 });
    for (let round = 0; round < ROUNDS; round += 1) {
      await world.think(world.profile.timing.suspectAfterMs);
      await comesAndGoes(part, { room, register, card: { who: `p${index}-${life}`, round } });
    }
    others -= 1;
  });
}

interface Visit {
  readonly room: Presence<Card>;
  readonly register: Register;
  readonly card: Card;
}

async function comesAndGoes(part: Part, { room, register, card }: Visit): Promise<void> {
  const { index, world, rng } = part;
  const { suspectAfterMs } = world.profile.timing;
  const entrance = (await outcome(room.enter(register.says(card))))?.value;
  if (entrance === undefined) return;
  register.isIn(part, card.who);
  await world.think(2 * suspectAfterMs);
  await outcome(entrance.update(register.says({ ...card, round: card.round + ROUNDS })));
  await world.think(2 * suspectAfterMs);
  register.leaves(index);
  // Some leave by word; the others with their process, or when they come in again.
  if (card.round < ROUNDS - 1 || rng.chance(0.5)) await entrance.leave();
}

interface Watching {
  readonly room: Presence<Card>;
  readonly register: Register;
  readonly isOver: () => boolean;
}

/** It is in itself, so that the group outlives the others. */
async function watches(part: Part, { room, register, isOver }: Watching): Promise<void> {
  const { world } = part;
  const { suspectAfterMs } = world.profile.timing;
  const told = new Map(room.list().map(({ id, metadata }) => [id, metadata]));
  const follows = follow(room[Symbol.asyncIterator](), told);
  await room.enter(register.says({ who: 'p0', round: 0 }));
  register.isIn(part, 'p0');
  const look = async (): Promise<void> => {
    await world.think(suspectAfterMs / 2);
    register.check(room.list(), world.now - LISTED_SUSPICIONS * suspectAfterMs);
  };
  while (!isOver()) await look();
  const bound = world.now + GONE_SUSPICIONS * suspectAfterMs;
  while (room.list().length > 1 && world.now < bound) await look();
  const rest = room.list();
  demand(rest.length === 1 && rest[0]?.metadata.who === 'p0', 'only-living', () => {
    return `the others have gone, and these are listed: ${JSON.stringify(rest)}`;
  });
  await room[Symbol.asyncDispose]();
  await follows;
  demand([...told.keys()].join() === rest[0]?.id, 'changes', () => {
    return `by the changes these are there: ${[...told.keys()].join()}`;
  });
}

/** What the changes make of the list that was there before. */
async function follow(
  changes: AsyncIterator<PresenceChange<Card>>,
  told: Map<string, Card>,
): Promise<void> {
  for await (const { type, id, metadata } of { [Symbol.asyncIterator]: () => changes }) {
    // What does not fit stays in the list, and is found at the end.
    const fits = told.has(id) === (type !== 'entered');
    if (type === 'left' && fits) told.delete(id);
    else told.set(fits ? id : `${id}, ${type} again`, metadata);
  }
}
