import { connect, GroupServicesError, RemovedError } from '@group-services/client';
import { type Replicated, replicated } from '@group-services/recipes';
import { demand, play, type Scene } from './plays.js';

const ACTIONS = 6;

type Log = readonly string[];

/** A log that all have, as those who write to it see it. */
class History {
  /** What a call answered: the log right behind its own entry. */
  readonly answers: Log[] = [];
  /** Certainly not run. */
  readonly refused = new Set<string>();
  /** So long it was in an answer that had come. */
  #known = 0;
  #late: string | undefined;

  get known(): number {
    return this.#known;
  }

  answered(entry: string, before: number, log: Log): void {
    demand(log.at(-1) === entry, 'right-behind', () => `${entry} was answered with ${log.join()}`);
    // Whatever was answered before the call stands before it.
    if (log.length <= before)
      this.#late ??= `${entry} stands at ${log.length}, not behind ${before}`;
    this.answers.push(log);
    this.#known = Math.max(this.#known, log.length);
  }

  /** All answers are beginnings of one log, and nothing stands in it twice. */
  close(final: Log): void {
    demand(this.#late === undefined, 'real-time', () => String(this.#late));
    for (const log of this.answers) {
      demand(log.join() === final.slice(0, log.length).join(), 'one-order', () => {
        return `${log.join()} is no beginning of ${final.join()}`;
      });
    }
    demand(new Set(final).size === final.length, 'applied-once', () => final.join());
    const run = final.filter((entry) => this.refused.has(entry));
    demand(run.length === 0, 'definite', () => `${run.join()} was refused, and was applied`);
  }
}

/** Processes that write to one replicated log. Gives how many entries it has. */
export async function playReplicated(scene: Scene): Promise<number> {
  const history = new History();
  let final: Log = [];
  /** Its members had all been lost: the first to be back decides with what it had, as the cookbook says. */
  let beganAnew = false;
  await play(
    scene,
    4,
    async (part, life) => {
      const { index, world, where, signal } = part;
      const log = await open(where, signal);
      if (index === 0) {
        const services = await connect(where);
        const watcher = await services.subscribe('replicated:log', { persistent: true });
        for (const end of ['dissolved', 'removed'] as const) {
          watcher.on(end, () => {
            beganAnew = true;
          });
        }
      }
      for (let count = 0; count < ACTIONS; count += 1) {
        await world.think(world.profile.timing.suspectAfterMs);
        await write(log, history, `p${index}-${life}.${count}`);
      }
      if (index > 0) await log[Symbol.asyncDispose]();
    },
    async ({ where, signal }) => {
      // A newcomer gets it whole, and puts the end behind it.
      const log = await open(where, signal);
      await write(log, history, 'end');
      final = log.state;
    },
  );
  demand(final.includes('end'), 'one-order', () => 'the last entry did not come about');
  if (!beganAnew) history.close(final);
  return final.length;
}

type Where = Parameters<typeof replicated>[0];

function open(where: Where, signal: AbortSignal): Promise<Replicated<Log, string>> {
  return replicated<Log, string>(where, 'log', {
    initial: [],
    reduce: (log, entry) => [...log, entry],
    signal,
  });
}

async function write(log: Replicated<Log, string>, history: History, entry: string): Promise<void> {
  const before = history.known;
  try {
    history.answered(entry, before, await log.dispatch(entry));
  } catch (error) {
    if (!(error instanceof GroupServicesError)) throw error;
    if (error instanceof RemovedError) history.refused.add(entry);
  }
}
