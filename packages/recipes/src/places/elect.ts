import {
  type Bytes,
  ConnectionLostError,
  defineGroup,
  type Provider,
} from '@group-services/client';
import { memberships } from '../base/memberships.js';
import { checkFunction, groupName, type RecipeOptions, type Where } from '../base/where.js';
import { among, watchPlace } from './place.js';

/** The time for which one candidate leads. */
export interface Term {
  /** The fencing token: as a string greater than that of every earlier term. */
  readonly fence: string;
  /** Aborts when the term is over. */
  readonly signal: AbortSignal;
  /** Ends the term and stands again, as the last in line. */
  resign(): Promise<void>;
}

/**
 * Stands as a candidate, and gives the terms in which this one leads. The candidate that has stood for the
 * longest time leads.
 *
 * The next term is waited for when the loop asks for it, which may be before the present one is over:
 * that one goes on until its signal aborts or `resign()` is called. Leaving the loop ends the term and the
 * candidature.
 */
export function elect(
  where: Where,
  name: string,
  options: RecipeOptions = {},
): AsyncIterable<Term> {
  return { [Symbol.asyncIterator]: () => terms(where, name, options) };
}

async function* terms(
  where: Where,
  name: string,
  { signal }: RecipeOptions,
): AsyncGenerator<Term, void, undefined> {
  const group = defineGroup({
    name: groupName('elect', name),
    attributes: { version: 'elect' },
  });
  let stands = true;
  while (stands) {
    stands = false;
    for await (const { provider } of memberships(where, group, { signal })) {
      const term = await termOf(provider);
      if (term === undefined) continue;
      try {
        yield term;
        await term.over;
      } finally {
        term.end('the candidate has left');
      }
      if (!term.resigned) continue;
      // A new candidate takes its place at the end.
      stands = true;
      break;
    }
  }
}

/** Waits until the candidate leads; undefined when it was removed before. */
async function termOf(provider: Provider<Bytes>): Promise<OwnTerm | undefined> {
  const place = watchPlace(provider, among(1));
  const fence = await place.got;
  return fence === undefined ? undefined : new OwnTerm(fence, provider, place.gone);
}

class OwnTerm implements Term {
  readonly fence: string;
  readonly over: Promise<void>;
  readonly #end = new AbortController();
  readonly #provider: Provider<Bytes>;
  #resigned = false;

  constructor(fence: string, provider: Provider<Bytes>, gone: Promise<string>) {
    this.fence = fence;
    this.#provider = provider;
    this.over = gone.then((reason) => this.end(`the term was lost: ${reason}`));
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get resigned(): boolean {
    return this.#resigned;
  }

  async resign(): Promise<void> {
    if (this.signal.aborted) return;
    this.#resigned = true;
    // First this one stops, then another may begin.
    this.end('the leader resigned');
    await this.#provider.goodbye().catch(() => {});
  }

  end(why: string): void {
    if (!this.signal.aborted) this.#end.abort(new ConnectionLostError(why));
  }
}

/**
 * Runs something in one process of the domain at a time, and elsewhere when that one dies.
 *
 * `run` is called in the term of this process, if one comes; its signal aborts when another may begin.
 * Resolves when `run` has come to its end or the recipe has ended, and rejects with what `run` throws
 * during its term; then the next candidate runs.
 */
export async function singleton(
  where: Where,
  name: string,
  run: (term: Term) => Promise<void> | void,
  options: RecipeOptions = {},
): Promise<void> {
  checkFunction('run', run);
  for await (const term of elect(where, `singleton ${name}`, options)) {
    try {
      await run(term);
    } catch (error) {
      // What a lost term has broken off is begun again in the next one.
      if (!term.signal.aborted) throw error;
    }
    if (!term.signal.aborted) return;
  }
}
