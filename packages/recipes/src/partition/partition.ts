import { createHash } from 'node:crypto';
import {
  type Ballot,
  type Bytes,
  defineGroup,
  InvalidArgumentError,
  type Provider,
  type ProviderEvent,
} from '@group-services/client';
import { memberships } from '../base/memberships.js';
import { noVote, whenAborted } from '../base/waiting.js';
import { groupName, instanceName, type RecipeOptions, type Where } from '../base/where.js';
import { type Assignment, Holdings } from './holdings.js';
import { markOf, shareOf } from './rendezvous.js';

export interface PartitionOptions extends RecipeOptions {
  /** What is divided; the same for all members, in any order. */
  readonly keys: readonly string[];
  /** The share of this process compared with that of others; default 1. */
  readonly weight?: number | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
}

/** A loop that does not ask for its next assignment keeps newcomers waiting for so long at most, each time. */
const LETTING_GO_MS = 30_000;

/**
 * Divides keys among all processes that take part: every key has at most one owner, and as few keys as
 * possible move when somebody comes or goes.
 *
 * A newcomer is let in by a vote, and those who lose keys to it vote when they have let go of them: when
 * the loop asks for the next assignment. The keys of a process that dies go to others at once.
 */
export function partition(
  where: Where,
  name: string,
  options: PartitionOptions,
): AsyncIterable<Assignment> {
  return { [Symbol.asyncIterator]: () => assignments(where, name, options) };
}

async function* assignments(
  where: Where,
  name: string,
  options: PartitionOptions,
): AsyncGenerator<Assignment, void, undefined> {
  const part = new Part(where, name, options);
  const forget = whenAborted(options.signal, () => part.letGo());
  const running = part.run();
  try {
    for (;;) {
      const assignment = await part.holdings.next();
      if (assignment === undefined) break;
      yield assignment;
    }
  } finally {
    // The loop is left or has nothing any more: others may have it all.
    forget();
    part.leave();
    await running;
  }
  if (part.failure !== undefined) throw part.failure;
}

class Part {
  readonly holdings = new Holdings();
  readonly #where: Where;
  readonly #name: string;
  readonly #options: PartitionOptions;
  readonly #keys: readonly string[];
  readonly #life = new AbortController();
  #provider: Provider<Bytes> | undefined;
  /** Who asks to be let in, as long as that is not decided. */
  #ballot: Ballot<Bytes> | undefined;
  #lettingGo = false;
  #failure: unknown;

  constructor(where: Where, name: string, options: PartitionOptions) {
    const { keys, weight = 1 } = options;
    if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string')) {
      throw new InvalidArgumentError('keys must be an array of texts', { argument: 'keys' });
    }
    if (!(weight > 0 && weight <= 1_000_000)) {
      const message = 'weight must be a number above 0 and at most 1000000';
      throw new InvalidArgumentError(message, { argument: 'weight' });
    }
    this.#where = where;
    this.#name = name;
    this.#options = options;
    this.#keys = [...new Set(keys)].sort();
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** Never rejects: what went wrong is told when the loop ends. */
  async run(): Promise<void> {
    try {
      const { weight = 1, onError } = this.#options;
      const seats = memberships(this.#where, this.#group(), {
        insist: true,
        instance: () => instanceName(markOf(weight)),
        vote: async (ballot) => await this.#vote(ballot),
        onError,
        signal: this.#life.signal,
      });
      for await (const { provider } of seats) await this.#follow(provider);
    } catch (error) {
      this.#failure = error;
    }
    this.holdings.end();
  }

  /** The loop is to let go of everything; then this process leaves. */
  letGo(): void {
    this.#lettingGo = true;
    this.holdings.want([], this.#provider?.view.fence ?? '');
    this.holdings.end();
  }

  leave(): void {
    this.#life.abort();
  }

  #group() {
    const digest = createHash('sha256').update(JSON.stringify(this.#keys)).digest('hex');
    return defineGroup({
      name: groupName('partition', this.#name),
      attributes: {
        version: `partition of ${this.#keys.length} keys ${digest.slice(0, 16)}`,
        joinPhases: 'voting',
        joinersVote: false,
        // Who does not answer may still have what the newcomer would get.
        defaultVote: 'reject',
        timeLimit: LETTING_GO_MS,
      },
    });
  }

  async #follow(provider: Provider<Bytes>): Promise<void> {
    this.#provider = provider;
    this.#look();
    for await (const event of provider) this.#take(event);
    this.#provider = undefined;
    this.#ballot = undefined;
    this.holdings.want([], provider.view.fence);
  }

  #take(event: ProviderEvent): void {
    if (event.type !== 'membership' && event.type !== 'rejected') return;
    if (event.protocol?.id === this.#ballot?.protocol.id) this.#ballot = undefined;
    this.#look();
  }

  /** Those in the list, and whoever is being let in: what it will have, nobody else may take now. */
  #look(): void {
    const provider = this.#provider;
    if (provider === undefined || this.#lettingGo) return;
    this.holdings.want(this.#share(provider), provider.view.fence);
  }

  #share({ id, view }: Provider<Bytes>): readonly string[] {
    const members = new Set([...view.providers, ...(this.#ballot?.joining ?? [])]);
    return shareOf(id, [...members], this.#keys);
  }

  async #vote(ballot: Ballot<Bytes>): Promise<'approve' | 'reject'> {
    if (ballot.signal.aborted) return await noVote();
    this.#ballot = ballot;
    this.#look();
    const provider = this.#provider;
    // Before its first look it has nothing that it could keep.
    if (provider === undefined) return 'approve';
    await this.holdings.only(this.#share(provider), ballot.signal);
    return ballot.signal.aborted ? await noVote() : 'approve';
  }
}
