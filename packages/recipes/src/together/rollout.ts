import {
  type Ballot,
  type Bytes,
  defineGroup,
  type Provider,
  reject,
  type Vote,
} from '@group-services/client';
import { json, readJson } from '../base/json.js';
import { Standing } from '../base/standing.js';
import { noVote, Patience, patiently } from '../base/waiting.js';
import {
  checkFunction,
  groupName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';

export interface RolloutOptions<V> extends RecipeOptions {
  /** Everything that can fail is done here. A throw is a veto, with its message as the reason. */
  readonly prepare: (value: V) => Promise<void> | void;
  /** Puts it into force, when all have prepared. A throw takes it back everywhere. */
  readonly commit: (value: V) => Promise<void> | void;
  /** Undoes what was prepared, or committed: somebody is against it. */
  readonly abort: (value: V) => Promise<void> | void;
  /** How long a member may take for either step; who takes longer, or dies, is against it. Default 30000. */
  readonly timeLimit?: number | undefined;
  readonly onProgress?: ((progress: RolloutProgress<V>) => void) | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
}

export interface RolloutProgress<V> {
  readonly step: 'prepare' | 'commit' | 'committed' | 'aborted';
  readonly value: V;
}

export interface Veto {
  readonly provider: string;
  readonly reason: string;
}

export interface RolloutResult {
  readonly outcome: 'committed' | 'aborted';
  /** Who was against it. */
  readonly vetoes: readonly Veto[];
}

export interface Rollout<V> extends AsyncDisposable {
  /** What is in force in the group; a newcomer brings itself to it. */
  readonly value: V | undefined;
  /** Given up, it is withdrawn if nobody has begun to prepare; otherwise it comes to its end. */
  propose(value: V, options?: WaitOptions): Promise<RolloutResult>;
}

/**
 * Puts a value into force at all members or at none: they prepare, and vote; they commit, and vote; if one
 * is against it in either step, all take it back. Values are whatever JSON can hold.
 */
export async function rollout<V>(
  where: Where,
  name: string,
  options: RolloutOptions<V>,
): Promise<Rollout<V>> {
  for (const step of ['prepare', 'commit', 'abort'] as const) checkFunction(step, options[step]);
  const handle = new Steps<V>(where, name, options);
  await handle.ready();
  return handle;
}

class Steps<V> implements Rollout<V> {
  readonly #options: RolloutOptions<V>;
  readonly #title: string;
  readonly #standing: Standing;
  /** What is prepared here and not decided. */
  #open: { readonly protocol: string; readonly value: V } | undefined;
  #value: V | undefined;

  constructor(where: Where, name: string, options: RolloutOptions<V>) {
    this.#options = options;
    this.#title = `rollout ${name}`;
    const group = defineGroup({
      name: groupName('rollout', name),
      attributes: {
        version: 'rollout',
        // Who dies has not done its part.
        defaultVote: 'reject',
      },
    });
    const plan = {
      where,
      group,
      title: this.#title,
      member: { vote: (ballot: Ballot<Bytes>) => this.#vote(ballot), onError: options.onError },
      follow: (provider: Provider<Bytes>) => this.#follow(provider),
    };
    this.#standing = new Standing(plan, options);
  }

  async ready(): Promise<void> {
    await this.#standing.provider();
  }

  get value(): V | undefined {
    return this.#value;
  }

  async propose(value: V, options: WaitOptions = {}): Promise<RolloutResult> {
    const { timeLimit = 30_000 } = this.#options;
    const patience = new Patience(`${this.#title}: proposing`, options, this.#standing.signal);
    const { outcome, causes, messages } = await patiently(patience, async (signal) => {
      const provider = await this.#standing.provider({ signal });
      const phases = { exactly: 2 };
      return await provider.changeState(json.encode(value), { phases, timeLimit, signal });
    });
    if (outcome === 'approved') return { outcome: 'committed', vetoes: [] };
    const reasons = new Map(messages.map(({ from, message }) => [from, readJson(message)]));
    const vetoes = causes.flatMap(({ provider: id, code, value: vote }) =>
      id === undefined || vote !== 'reject'
        ? []
        : [{ provider: id, reason: String(reasons.get(id) ?? code) }],
    );
    return { outcome: 'aborted', vetoes };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#standing[Symbol.asyncDispose]();
  }

  async #vote(ballot: Ballot<Bytes>): Promise<Vote<Bytes> | 'approve'> {
    const { proposedStateValue, protocol, phase } = ballot;
    if (protocol.kind !== 'state' || proposedStateValue === undefined) return 'approve';
    const value = json.decode(proposedStateValue) as V;
    const step = phase === 1 ? 'prepare' : 'commit';
    this.#open = { protocol: protocol.id, value };
    this.#tell(step, value);
    try {
      await this.#options[step](value);
      return ballot.signal.aborted ? await noVote() : 'approve';
    } catch (error) {
      if (ballot.signal.aborted) return await noVote();
      const reason = error instanceof Error ? error.message : String(error);
      return reject({ message: json.encode(reason) });
    }
  }

  async #follow(provider: Provider<Bytes>): Promise<void> {
    await this.#arrived(provider.stateValue);
    for await (const event of provider) {
      if (event.type === 'state') {
        const value = readJson(event.stateValue) as V;
        this.#value = value;
        this.#open = undefined;
        this.#tell('committed', value);
      }
      if (event.type !== 'rejected' || event.protocol?.id !== this.#open?.protocol) continue;
      await this.#takeBack();
    }
  }

  /** What was open when the last membership ended was decided meanwhile: the group's value tells. */
  async #arrived(stateValue: Uint8Array | undefined): Promise<void> {
    const open = this.#open;
    this.#value = readJson(stateValue) as V | undefined;
    if (open === undefined) return;
    if (JSON.stringify(open.value) === JSON.stringify(this.#value)) this.#open = undefined;
    else await this.#takeBack();
  }

  async #takeBack(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      await this.#options.abort(open.value);
    } catch (error) {
      const told = error instanceof Error ? error : new Error(String(error));
      if (this.#options.onError) this.#options.onError(told);
      else process.emitWarning(told);
    }
    this.#tell('aborted', open.value);
  }

  #tell(step: RolloutProgress<V>['step'], value: V): void {
    this.#options.onProgress?.({ step, value });
  }
}
