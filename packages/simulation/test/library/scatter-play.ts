import { GroupServicesError } from '@group-services/client';
import { type Answer, type Scatter, scatter } from '@group-services/recipes';
import { demand, type Part, play, type Scene } from './plays.js';

const ROUNDS = 4;

interface Said {
  readonly who: string;
  readonly question: string;
}

/** Who was asked what. */
class Asked {
  readonly #heard = new Set<string>();

  hears(who: string, question: string): void {
    const first = !this.#heard.has(`${who} ${question}`);
    demand(first, 'asked-once', () => `${who} was asked ${question} again`);
    this.#heard.add(`${who} ${question}`);
  }
}

/** Processes that ask each other, and answer after a while. */
export async function playScatter(scene: Scene): Promise<void> {
  const asked = new Asked();
  await play(scene, 4, async (part, life) => {
    const { index, world, where, rng, signal } = part;
    const { suspectAfterMs } = world.profile.timing;
    const who = `p${index}-${life}`;
    const circle = await scatter<string, Said>(where, 'circle', { signal });
    circle.answer(async (question) => {
      asked.hears(who, question);
      await world.think(suspectAfterMs / 2);
      return { who, question };
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      await world.think(suspectAfterMs / 2);
      const question = `${who}.${round}`;
      const kind = rng.pick(['one', 'all', 'all', 'quorum'] as const);
      await definite(asks(circle, { kind, question, rng }));
    }
    // Others may wait for its answers.
    if (index > 0) await world.think(suspectAfterMs);
    if (index > 0) await circle[Symbol.asyncDispose]();
  });
}

interface Asking {
  readonly kind: 'one' | 'all' | 'quorum';
  readonly question: string;
  readonly rng: Part['rng'];
}

async function asks(circle: Scatter<string, Said>, { kind, question, rng }: Asking): Promise<void> {
  if (kind === 'one') {
    const to = rng.pick([...circle.members, 'n9/nobody']);
    const said = await circle.ask(to, question);
    demand(said.question === question, 'answers', () => `${said.question} instead of ${question}`);
    return;
  }
  const before = circle.members;
  const answers = await circle.askAll(question, kind === 'quorum' ? { quorum: 1 } : {});
  const from = new Set(answers.map((answer) => answer.from));
  demand(from.size === answers.length, 'answered-once', () => JSON.stringify(answers));
  const values = answers.flatMap(({ value }) => value ?? []);
  const foreign = values.find((said) => said.question !== question);
  demand(foreign === undefined, 'answers', () => `${foreign?.question} instead of ${question}`);
  if (kind === 'quorum') return demand(values.length > 0, 'quorum', () => JSON.stringify(answers));
  demand(answers.every(isDefinite), 'says-who', () => JSON.stringify(answers));
  // An id is never had twice: those were members at the place of the question, wherever that is.
  const throughout = circle.members.filter((id) => before.includes(id) && id !== circle.id);
  const missing = throughout.filter((id) => !from.has(id));
  demand(missing.length === 0, 'says-who', () => {
    return `${missing.join()} is not among the answers to ${question}: ${JSON.stringify(answers)}`;
  });
  const silent = answers.filter((answer) => throughout.includes(answer.from) && answer.error);
  demand(silent.length === 0, 'answers', () => JSON.stringify(silent));
}

function isDefinite({ value, error }: Answer<Said>): boolean {
  return (value === undefined) !== (error === undefined);
}

/** Nobody is asked who is not there; whoever has gone is said to have; what is left is a lost connection. */
const REASONS: ReadonlySet<string> = new Set([
  'CONNECTION_LOST',
  'REMOVED',
  'UNAVAILABLE',
  'UNKNOWN_PROVIDER',
]);

async function definite(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof GroupServicesError)) throw error;
    demand(REASONS.has(error.code), 'says-why', () => `${error.code}: ${error.message}`);
  }
}
