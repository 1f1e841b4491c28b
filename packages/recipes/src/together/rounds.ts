import {
  approve,
  type Ballot,
  type Bytes,
  defineGroup,
  type Provider,
  type Vote,
} from '@group-services/client';
import { json, readJson } from '../base/json.js';
import { Standing } from '../base/standing.js';
import { noVote, Patience, unlessAborted } from '../base/waiting.js';
import {
  checkCount,
  groupName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';

export interface RoundsPlan {
  readonly recipe: string;
  readonly where: Where;
  readonly name: string;
  readonly parties: number;
  /** No round is begun when so many are over. */
  readonly roundsMax: number;
}

/** What a member knows when a round is over. */
export interface Over {
  /** So many rounds are over. */
  readonly count: number;
  readonly present: readonly string[];
}

/**
 * Rounds, each of which is over when every member has said that it is done with it.
 *
 * The oldest member proposes a barrier when it is done itself, and everybody votes when it is. How many
 * rounds are over rides on the votes and becomes the group's state value with the barrier: so a newcomer
 * knows it with its join, and so does a member that comes back after a loss.
 */
export class Rounds implements AsyncDisposable {
  readonly #plan: RoundsPlan;
  readonly #title: string;
  readonly #standing: Standing;
  #provider: Provider<Bytes> | undefined;
  #count = 0;
  #present: readonly string[] = [];
  #isDone = false;
  /** The barrier in which this member has said that it is done. */
  #votedIn: string | undefined;
  #proposed = false;
  readonly #wake = new Set<() => void>();

  constructor(plan: RoundsPlan, options: RecipeOptions) {
    const { recipe, where, name, parties } = plan;
    checkCount('parties', parties, 1);
    this.#plan = plan;
    this.#title = `${recipe} ${name}`;
    const group = defineGroup({
      name: groupName(recipe, name),
      attributes: { version: `${recipe} of ${parties}`, defaultVote: 'approve', timeLimit: 0 },
    });
    const member = { vote: (ballot: Ballot<Bytes>) => this.#vote(ballot) };
    const follow = (provider: Provider<Bytes>): Promise<void> => this.#follow(provider);
    this.#standing = new Standing({ where, group, title: this.#title, member, follow }, options);
    void this.#standing.ended.then(() => this.#wakeAll());
  }

  /** So many rounds are over, as far as it is known here. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when this process is a member. */
  async ready(): Promise<void> {
    await this.#standing.provider();
  }

  /** This member is done with the present round. */
  done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#wakeAll();
    if (this.#provider !== undefined) this.#look(this.#provider);
  }

  /** Waits until more rounds are over than these; rejects when the recipe has ended before. */
  async over(rounds: number, options: WaitOptions = {}): Promise<Over> {
    const what = `${this.#title}: waiting for the others`;
    const patience = new Patience(what, options, this.#standing.signal);
    try {
      while (this.#count <= rounds) {
        // Between two memberships it waits for the next one, and rejects if there will be none.
        await this.#standing.provider({ signal: patience.signal });
        if (this.#count <= rounds) await unlessAborted(this.#change(), patience.signal);
      }
      return { count: this.#count, present: this.#present };
    } catch (error) {
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      patience.done();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#standing[Symbol.asyncDispose]();
  }

  async #follow(provider: Provider<Bytes>): Promise<void> {
    this.#provider = provider;
    this.#proposed = false;
    // What it said in an earlier membership has either counted, which the group's value tells, or not.
    this.#votedIn = undefined;
    // As it is at the place of the event: the provider may be ahead.
    let present = provider.view.providers;
    this.#learn(provider, this.#count, present);
    this.#look(provider);
    for await (const event of provider) {
      if (event.type === 'snapshot' || event.type === 'membership') present = event.view.providers;
      const isMine = event.type === 'barrier' && this.#votedIn === event.protocol?.id;
      this.#learn(provider, isMine ? this.#count + 1 : this.#count, present);
      this.#look(provider);
    }
    this.#provider = undefined;
    this.#wakeAll();
  }

  /** At least so many rounds are over; the group may know of more. */
  #learn(provider: Provider<Bytes>, atLeast: number, present: readonly string[]): void {
    const count = Math.max(atLeast, readCount(provider.stateValue));
    if (count === this.#count) return;
    this.#count = count;
    this.#present = present;
    this.#isDone = false;
    this.#votedIn = undefined;
    this.#wakeAll();
  }

  /** Proposes, if that is this member's part and it is time. */
  #look(provider: Provider<Bytes>): void {
    const { parties, roundsMax } = this.#plan;
    if (!this.#isDone || this.#votedIn !== undefined || this.#count >= roundsMax) return;
    if (this.#proposed || !provider.isOldest || provider.view.providers.length < parties) return;
    this.#proposed = true;
    const over = (): void => {
      this.#proposed = false;
    };
    // What came of it is seen in the events; if it was lost, so is the membership.
    provider.barrier().then(() => {
      over();
      this.#look(provider);
    }, over);
  }

  async #vote(ballot: Ballot<Bytes>): Promise<Vote<Bytes> | 'reject'> {
    // Somebody has gone since it was proposed; it is proposed again when there are enough.
    if (ballot.view.providers.length < this.#plan.parties) return 'reject';
    const wake = (): void => this.#wakeAll();
    ballot.signal.addEventListener('abort', wake, { once: true });
    while (!ballot.signal.aborted && !(this.#isDone && this.#votedIn === undefined)) {
      await this.#change();
    }
    ballot.signal.removeEventListener('abort', wake);
    if (ballot.signal.aborted) return await noVote();
    this.#votedIn = ballot.protocol.id;
    return approve({ stateValue: json.encode(this.#count + 1) });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.add(resolve));
  }

  #wakeAll(): void {
    const waiting = [...this.#wake];
    this.#wake.clear();
    for (const wake of waiting) wake();
  }
}

function readCount(stateValue: Uint8Array | undefined): number {
  const count = readJson(stateValue);
  return Number.isSafeInteger(count) ? Number(count) : 0;
}
