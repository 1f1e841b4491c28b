import {
  ConnectionLostError,
  defineGroup,
  GroupServicesError,
  OverloadedError,
  RemovedError,
} from '@group-services/client';
import { json } from '../base/json.js';
import { Patience, unlessAborted, whenAborted } from '../base/waiting.js';
import { checkCount, groupName, type WaitOptions, type Where } from '../base/where.js';
import type { ReplicaMember } from './member.js';
import { type Claimed, FULL, NOT_YOURS, type QueueAction, QueueMachine } from './queue-machine.js';
import { Replica, type ReplicaOptions } from './replica.js';

/** An item in the hands of one member, until it is acknowledged, given back, or that member is gone. */
export interface Delivery<T> {
  readonly item: T;
  /** How often the item was handed out, this time included. */
  readonly attempt: number;
  /**
   * The fencing token: as a string greater than that of everybody who had the item before. Send it along with
   * what is done for the item, and let that refuse smaller ones.
   */
  readonly fence: string;
  /** Aborts when the item is lost with the membership; another member may have it then. */
  readonly signal: AbortSignal;
  /** It is done and goes out of the queue; RemovedError if it is in these hands no more. */
  ack(): Promise<void>;
  /** Back to its place in the queue, for whoever takes next. */
  nack(): Promise<void>;
}

export interface WorkQueue<T> extends AsyncDisposable {
  /** Resolves when the item is in the queue; OverloadedError if that is full. */
  push(item: T, options?: WaitOptions): Promise<void>;
  /** Waits for the next item. */
  take(options?: WaitOptions): Promise<Delivery<T>>;
}

export interface QueueOptions extends ReplicaOptions {
  /** Items at most, in work or waiting; the same for all members. Default 10000. */
  readonly capacity?: number | undefined;
}

const CAPACITY = 10_000;

/**
 * A queue of work: items are handed out in order, each to one member at a time, and again if that member
 * dies before it acknowledges. Items are whatever JSON can hold; they live as long as the queue has a member.
 */
export async function queue<T>(
  where: Where,
  name: string,
  options: QueueOptions = {},
): Promise<WorkQueue<T>> {
  const { capacity = CAPACITY } = options;
  checkCount('capacity', capacity, 1);
  const version = `queue of ${capacity}`;
  const group = defineGroup({ name: groupName('queue', name), attributes: { version } });
  const title = `queue ${name}`;
  const handle = new QueueHandle<T>(
    title,
    capacity,
    (machine) => new Replica({ where, group, title, machine }, options),
  );
  await handle.ready();
  return handle;
}

/** A call of `take` that waits at one membership. */
interface Take {
  readonly number: number;
  readonly member: ReplicaMember;
  readonly claimed: Promise<Claimed>;
  readonly assign: (claimed: Claimed) => void;
}

class QueueHandle<T> implements WorkQueue<T> {
  readonly #title: string;
  readonly #replica: Replica;
  readonly #takes = new Map<number, Take>();
  readonly #end = new AbortController();
  #numbers = 0;

  constructor(title: string, capacity: number, replicaOf: (machine: QueueMachine) => Replica) {
    this.#title = title;
    const machine = new QueueMachine(capacity, {
      assigned: (to, number, claimed) => {
        const take = this.#takes.get(number);
        if (take?.member.id === to) take.assign(claimed);
      },
    });
    this.#replica = replicaOf(machine);
    void this.#replica.ended.then(() => this.#end.abort());
  }

  async ready(): Promise<void> {
    await this.#replica.member();
  }

  async push(item: T, options?: WaitOptions): Promise<void> {
    const answer = await this.#replica.dispatch(bytesOf({ op: 'push', item }), options);
    if (answer !== FULL) return;
    const message = `${this.#title} is full; take and acknowledge items, or make it with a larger capacity`;
    throw new OverloadedError(message, { limit: 'capacity' });
  }

  async take(options: WaitOptions = {}): Promise<Delivery<T>> {
    const patience = new Patience(`taking from ${this.#title}`, options, this.#end.signal);
    try {
      for (;;) {
        const member = await this.#replica.member({ signal: patience.signal });
        const claimed = await this.#takeAt(member, patience.signal);
        if (claimed !== undefined) return new InHands<T>(this.#title, member, claimed);
      }
    } catch (error) {
      // Why it was given up, and not what became of the calls within.
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      patience.done();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#replica[Symbol.asyncDispose]();
  }

  /** Undefined: the membership ended meanwhile, and whatever it was given is handed out again. */
  async #takeAt(member: ReplicaMember, signal: AbortSignal): Promise<Claimed | undefined> {
    const take = this.#newTake(member);
    const { number } = take;
    try {
      await member.dispatch(bytesOf({ op: 'take', take: number }));
      const given = unlessAborted(take.claimed, member.signal);
      return await unlessAborted(given, signal);
    } catch (error) {
      if (isLoss(error)) return await this.#ended(member, signal);
      if (!signal.aborted) throw error;
      await this.#cancel(take);
      throw error;
    } finally {
      this.#takes.delete(number);
    }
  }

  /** The call is over before the events of the membership are: its end comes next. */
  async #ended(member: ReplicaMember, signal: AbortSignal): Promise<undefined> {
    const end = new Promise<void>((resolve) => whenAborted(member.signal, resolve));
    await unlessAborted(end, signal);
  }

  #newTake(member: ReplicaMember): Take {
    this.#numbers += 1;
    let assign: (claimed: Claimed) => void = () => {};
    const claimed = new Promise<Claimed>((resolve) => {
      assign = resolve;
    });
    const take = { number: this.#numbers, member, claimed, assign };
    this.#takes.set(take.number, take);
    return take;
  }

  /** Nobody waits for it any more; an item that has come all the same goes back. */
  async #cancel({ number, member, claimed }: Take): Promise<void> {
    void claimed.then(({ id }) => member.dispatch(bytesOf({ op: 'nack', id })).catch(() => {}));
    await member.dispatch(bytesOf({ op: 'cancel', take: number })).catch(() => {});
  }
}

class InHands<T> implements Delivery<T> {
  readonly item: T;
  readonly attempt: number;
  readonly fence: string;
  readonly #title: string;
  readonly #member: ReplicaMember;
  readonly #id: number;

  constructor(title: string, member: ReplicaMember, { id, item, attempt, fence }: Claimed) {
    this.#title = title;
    this.#member = member;
    this.#id = id;
    // What `push` of the same type has put in.
    this.item = item as T;
    this.attempt = attempt;
    this.fence = fence;
  }

  get signal(): AbortSignal {
    return this.#member.signal;
  }

  ack(): Promise<void> {
    return this.#settle('ack');
  }

  nack(): Promise<void> {
    return this.#settle('nack');
  }

  async #settle(op: 'ack' | 'nack'): Promise<void> {
    if (this.signal.aborted) throw this.#gone();
    const answer = await this.#member.dispatch(bytesOf({ op, id: this.#id }));
    if (answer === NOT_YOURS) throw this.#gone();
  }

  #gone(): RemovedError {
    const text =
      'the item is in these hands no more: it was settled before, or the membership ended';
    return new RemovedError(`${this.#title}: ${text}`);
  }
}

function bytesOf(action: QueueAction): Uint8Array {
  return json.encode(action);
}

function isLoss(error: unknown): boolean {
  return (
    error instanceof ConnectionLostError ||
    (error instanceof GroupServicesError && error.code === 'REMOVED')
  );
}
