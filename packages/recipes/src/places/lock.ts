import {
  type Bytes,
  ConnectionLostError,
  type GroupDefinition,
  type Provider,
} from '@group-services/client';
import { memberships } from '../base/memberships.js';
import { Patience } from '../base/waiting.js';
import { instanceName, type RecipeOptions, type WaitOptions, type Where } from '../base/where.js';
import { type Holds, type Place, watchPlace } from './place.js';

/** Something held alone, or with a few others, until it is released or lost. */
export interface Lock extends AsyncDisposable {
  /**
   * The fencing token: as a string greater than that of every earlier holder. Send it along with whatever
   * the lock protects, and let that refuse smaller ones: a process that was stopped and goes on, or is
   * cut off, may think for a while that it still holds the lock.
   */
  readonly fence: string;
  /** Aborts when the lock is held no more: released, or lost with the connection or the daemon. */
  readonly signal: AbortSignal;
  /** Lets go of it; idempotent. */
  release(): Promise<void>;
}

/** Where and what the locks of one handle are. */
export interface LockPlan {
  readonly where: Where;
  readonly group: GroupDefinition<Bytes>;
  /** For errors: `mutex billing`. */
  readonly title: string;
}

/** The locks of one handle, for which it waits or that it holds. */
export class Locks implements AsyncDisposable {
  readonly #plan: LockPlan;
  readonly #end = new AbortController();
  readonly #over: AbortSignal;
  readonly #held = new Set<Held>();

  constructor(plan: LockPlan, { signal }: RecipeOptions) {
    this.#plan = plan;
    this.#over =
      signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal]);
    this.#over.addEventListener('abort', () => void this.#releaseAll(), { once: true });
  }

  /** Waits in line; `mark` is part of the name that the others see. */
  async acquire(mark: string, holds: Holds, options: WaitOptions = {}): Promise<Lock> {
    const { where, group, title } = this.#plan;
    const patience = new Patience(title, options, this.#over);
    const life = new AbortController();
    patience.signal.addEventListener('abort', () => life.abort(), { once: true });
    if (patience.signal.aborted) throw patience.signal.reason;
    const instance = (): string => instanceName(mark);
    const seats = memberships(where, group, { signal: life.signal, instance });
    try {
      for await (const { provider } of { [Symbol.asyncIterator]: () => keptOpen(seats) }) {
        const place = watchPlace(provider, holds);
        const fence = await place.got;
        if (fence === undefined || patience.signal.aborted) continue;
        patience.done();
        const leave = async (): Promise<void> => {
          await seats.return();
        };
        return this.#keep(new Held({ fence, place, provider, leave }));
      }
    } catch (error) {
      await seats.return();
      if (!patience.signal.aborted) throw error;
    } finally {
      patience.done();
    }
    if (patience.signal.aborted) throw patience.signal.reason;
    throw new ConnectionLostError(`${title}: the connection ended while waiting for it`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#releaseAll();
  }

  #keep(held: Held): Held {
    this.#held.add(held);
    held.signal.addEventListener('abort', () => this.#held.delete(held), { once: true });
    return held;
  }

  async #releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map((each) => each.release()));
  }
}

/** The same sequence, but leaving a loop over it does not end it. */
function keptOpen<T>(sequence: AsyncIterator<T>): AsyncIterator<T> {
  return { next: () => sequence.next() };
}

interface HeldParts {
  readonly fence: string;
  readonly place: Place;
  readonly provider: Provider<Bytes>;
  readonly leave: () => Promise<void>;
}

class Held implements Lock {
  readonly fence: string;
  readonly #parts: HeldParts;
  readonly #end = new AbortController();
  #released: Promise<void> | undefined;

  constructor(parts: HeldParts) {
    this.fence = parts.fence;
    this.#parts = parts;
    void parts.place.gone.then((reason) => this.#lost(reason));
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    // First the holder stops, then somebody else may begin.
    this.#end.abort(new Error('the lock was released'));
    // A connection that is lost has released it as well.
    await this.#parts.provider.goodbye().catch(() => {});
    await this.#parts.leave();
  }

  #lost(reason: string): void {
    if (this.signal.aborted) return;
    this.#end.abort(new ConnectionLostError(`the lock was lost: ${reason}`));
    void this.release();
  }
}
