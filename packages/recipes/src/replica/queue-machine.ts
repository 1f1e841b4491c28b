import { json } from '../base/json.js';
import type { ActionContext, Machine } from './machine.js';

/** What is done to a queue; the numbers of `take` are its member's own. */
export type QueueAction =
  | { readonly op: 'push'; readonly item: unknown }
  | { readonly op: 'take'; readonly take: number }
  | { readonly op: 'cancel'; readonly take: number }
  | { readonly op: 'ack'; readonly id: number }
  | { readonly op: 'nack'; readonly id: number };

/** An item that somebody works on. */
export interface Claimed {
  readonly id: number;
  readonly item: unknown;
  /** How often it was handed out, this time included. */
  readonly attempt: number;
  /** Greater than that of every earlier claim. */
  readonly fence: string;
}

interface Item {
  readonly item: unknown;
  attempt: number;
  /** Who works on it; undefined: it waits. */
  by: string | undefined;
}

interface Waiting {
  readonly by: string;
  readonly take: number;
}

export interface QueueEvents {
  /** An item goes to this member of the group, for this of its takes. */
  readonly assigned: (to: string, take: number, claimed: Claimed) => void;
}

interface Saved {
  readonly last: number;
  readonly claims: number;
  readonly list: string;
  readonly items: [number, Item][];
  readonly waiting: Waiting[];
}

/** Answers to `ack` and `nack` that settle nothing: the claim is somebody else's by now. */
export const NOT_YOURS = 'not yours';
export const FULL = 'full';

/** Items in the order in which they were pushed, and who waits for one in the order of asking. */
export class QueueMachine implements Machine {
  readonly #events: QueueEvents;
  readonly #capacity: number;
  /** All that was pushed and not acknowledged, oldest first. */
  #items = new Map<number, Item>();
  /** Those that nobody works on, oldest first. */
  #free: number[] = [];
  #waiting: Waiting[] = [];
  #last = 0;
  /** How often anything was handed out. */
  #claims = 0;
  /** The fence of the present list. */
  #list = '';

  constructor(capacity: number, events: QueueEvents) {
    this.#capacity = capacity;
    this.#events = events;
  }

  apply(bytes: Uint8Array, { from }: ActionContext): unknown {
    const action = json.decode(bytes) as QueueAction;
    switch (action.op) {
      case 'push':
        return this.#push(action.item);
      case 'take':
        this.#waiting.push({ by: from, take: action.take });
        return this.#match();
      case 'cancel':
        this.#waiting = this.#waiting.filter(({ by, take }) => by !== from || take !== action.take);
        return undefined;
      case 'ack':
        if (this.#items.get(action.id)?.by !== from) return NOT_YOURS;
        this.#items.delete(action.id);
        return undefined;
      case 'nack':
        if (this.#items.get(action.id)?.by !== from) return NOT_YOURS;
        this.#release(action.id);
        return this.#match();
    }
  }

  /** What somebody worked on who is gone is handed out again. */
  members({ providers, fence }: Parameters<Machine['members']>[0]): void {
    this.#list = fence;
    const present = new Set(providers);
    this.#waiting = this.#waiting.filter(({ by }) => present.has(by));
    for (const [id, { by }] of this.#items) {
      if (by !== undefined && !present.has(by)) this.#release(id);
    }
    this.#match();
  }

  save(): Uint8Array {
    const saved: Saved = {
      last: this.#last,
      claims: this.#claims,
      list: this.#list,
      items: [...this.#items],
      waiting: this.#waiting,
    };
    return json.encode(saved);
  }

  load(state: Uint8Array): void {
    const { last, claims, list, items, waiting } = json.decode(state) as Saved;
    this.#last = last;
    this.#claims = claims;
    this.#list = list;
    this.#items = new Map(items);
    this.#waiting = waiting;
    this.#free = items.flatMap(([id, { by }]) => (by === undefined ? [id] : []));
  }

  #push(item: unknown): string | undefined {
    if (this.#items.size >= this.#capacity) return FULL;
    this.#last += 1;
    this.#items.set(this.#last, { item, attempt: 0, by: undefined });
    this.#free.push(this.#last);
    this.#match();
    return undefined;
  }

  /** Back to its place, before all that were pushed later. */
  #release(id: number): void {
    const item = this.#items.get(id);
    if (item === undefined) return;
    item.by = undefined;
    const later = this.#free.findIndex((other) => other > id);
    this.#free.splice(later === -1 ? this.#free.length : later, 0, id);
  }

  #match(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) {
      const [{ by, take } = { by: '', take: 0 }] = this.#waiting.splice(0, 1);
      const [id = 0] = this.#free.splice(0, 1);
      const item = this.#items.get(id);
      if (item === undefined) continue;
      item.by = by;
      item.attempt += 1;
      this.#claims += 1;
      const fence = `${this.#list}-${String(this.#claims).padStart(16, '0')}`;
      this.#events.assigned(by, take, { id, item: item.item, attempt: item.attempt, fence });
    }
  }
}
