import { GroupServicesError } from '@group-services/client';
import { queue, type WorkQueue } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';

const STEPS = 6;

/** What is certain of each item, and what is not. */
class Books {
  readonly pushed = new Set<string>();
  readonly mayBePushed = new Set<string>();
  readonly acked = new Set<string>();
  readonly mayBeAcked = new Set<string>();
  /** The item that each fence was handed out with. */
  readonly fences = new Map<string, string>();
}

/** Processes that push items, take them, and acknowledge or give back what they took. */
export async function playQueue(scene: Scene): Promise<void> {
  const books = new Books();
  const rest: string[] = [];
  const run = async (part: Part, life: number): Promise<void> => {
    const { index, world, where, rng, signal } = part;
    const work = await queue<string>(where, 'work', { signal });
    for (let count = 0; count < STEPS; count += 1) {
      await world.think(world.profile.timing.suspectAfterMs / 2);
      if (rng.chance(0.4)) await push(work, books, `p${index}-${life}.${count}`);
      else await take(work, books, part);
    }
    if (index > 0) await work[Symbol.asyncDispose]();
  };
  await play(scene, 4, run, async ({ where, signal }) => {
    const work = await queue<string>(where, 'work', { signal });
    await drain(work, rest);
  });
  const { pushed, mayBePushed, acked, mayBeAcked } = books;
  const twice = rest.filter((item, index) => acked.has(item) || rest.indexOf(item) !== index);
  demand(twice.length === 0, 'acked-once', () => `${twice.join()} came again after it was settled`);
  const known = new Set([...rest, ...acked, ...mayBeAcked]);
  const lost = [...pushed].filter((item) => !known.has(item));
  demand(lost.length === 0, 'no-item-lost', () => `${lost.join()} is nowhere`);
  const foreign = [...known].filter((item) => !mayBePushed.has(item));
  demand(foreign.length === 0, 'no-item-made-up', () => `${foreign.join()} was never pushed`);
}

async function push(work: WorkQueue<string>, books: Books, item: string): Promise<void> {
  books.mayBePushed.add(item);
  if ((await outcome(work.push(item))) !== undefined) books.pushed.add(item);
}

async function take(work: WorkQueue<string>, books: Books, { world, rng }: Part): Promise<void> {
  const timeout = Math.ceil(world.profile.timing.suspectAfterMs);
  const delivery = (await outcome(work.take({ timeout })))?.value;
  if (delivery === undefined) return;
  const { item, fence } = delivery;
  demand(!books.acked.has(item), 'acked-once', () => `${item} is handed out after its ack`);
  const before = books.fences.get(fence);
  demand(before === undefined, 'one-holder', () => `${before} and ${item} have the fence ${fence}`);
  books.fences.set(fence, item);
  await world.think(timeout / 2);
  if (rng.chance(0.3)) {
    await outcome(delivery.nack());
    return;
  }
  books.mayBeAcked.add(item);
  try {
    await delivery.ack();
    demand(!books.acked.has(item), 'acked-once', () => `${item} is acknowledged twice`);
    books.acked.add(item);
  } catch (error) {
    if (!(error instanceof GroupServicesError)) throw error;
    // Certainly not acknowledged by this one.
    if (error.code === 'REMOVED') books.mayBeAcked.delete(item);
  }
}

/** Everything that is left, once the others have gone. */
async function drain(work: WorkQueue<string>, rest: string[]): Promise<void> {
  const end = 'the end';
  let pushed = false;
  while (!pushed) pushed = (await outcome(work.push(end))) !== undefined;
  for (;;) {
    const delivery = await work.take();
    if (delivery.item === end) return await delivery.ack();
    await delivery.ack();
    rest.push(delivery.item);
  }
}
