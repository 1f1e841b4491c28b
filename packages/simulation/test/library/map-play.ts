import { map, type ReplicatedMap } from '@group-services/recipes';
import { demand, outcome, type Part, play, type Scene } from './plays.js';
import { type Call, isLinearizable } from './register.js';

const CALLS = 6;
const PROCESSES = 4;

/** Processes that read and write one key. */
export async function playMap(scene: Scene): Promise<void> {
  const calls: Call[] = [];
  const finals: unknown[] = [];
  await play(
    scene,
    PROCESSES,
    async (part) => {
      const { world, where, rng, signal } = part;
      const book = await map<number>(where, 'book', { signal });
      for (let count = 0; count < CALLS; count += 1) {
        await world.think(world.profile.timing.suspectAfterMs);
        await record(calls, part, book, draw(rng));
      }
      if (part.index > 0) await book[Symbol.asyncDispose]();
    },
    async ({ where, signal }) => {
      const book = await map<number>(where, 'book', { signal });
      finals.push(await book.entries({ fresh: true }));
    },
  );
  demand(isLinearizable(calls), 'linearizable', () => JSON.stringify(calls));
  demand(finals.length === 1, 'linearizable', () => 'the last read did not come about');
}

type Wanted = Pick<Call, 'kind' | 'value' | 'expected'>;

function draw(rng: Part['rng']): Wanted {
  const value = rng.between(0, 2);
  const kind = rng.pick(['get', 'get', 'get', 'set', 'set', 'delete', 'cas'] as const);
  if (kind === 'set') return { kind, value };
  return kind === 'cas' ? { kind, value, expected: rng.pick([undefined, 0, 1, 2]) } : { kind };
}

async function record(
  calls: Call[],
  { world }: Part,
  book: ReplicatedMap<number>,
  wanted: Wanted,
): Promise<void> {
  const start = world.now;
  // Whoever dies meanwhile leaves it with an unknown outcome.
  const index = calls.push({ ...wanted, start, end: Number.POSITIVE_INFINITY }) - 1;
  const answered = await outcome(ask(book, wanted));
  if (answered !== undefined)
    calls[index] = { ...wanted, start, end: world.now, answer: answered.value };
}

function ask(book: ReplicatedMap<number>, { kind, value, expected }: Wanted): Promise<unknown> {
  if (kind === 'get') return book.get('key', { fresh: true });
  if (kind === 'set') return book.set('key', Number(value));
  if (kind === 'delete') return book.delete('key');
  return book.cas('key', expected as number | undefined, Number(value));
}
