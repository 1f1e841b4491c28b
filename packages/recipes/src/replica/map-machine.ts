import { isDeepStrictEqual } from 'node:util';
import { json } from '../base/json.js';
import type { ActionContext, Machine } from './machine.js';

/** What is done to a map. */
export type MapAction =
  | { readonly op: 'set'; readonly key: string; readonly value: unknown; readonly ttl?: number }
  | { readonly op: 'delete'; readonly key: string }
  /** `was` and `value` are left out for: no value. */
  | { readonly op: 'cas'; readonly key: string; readonly was?: unknown; readonly value?: unknown }
  /** The time of an entry is over; only if it is still the same one. */
  | { readonly op: 'expire'; readonly key: string; readonly version: number }
  | { readonly op: 'read'; readonly key?: string };

export interface Entry {
  readonly value: unknown;
  /** Of this writing of the key, unique in the map. */
  readonly version: number;
  /** Milliseconds from when it was written. */
  readonly ttl?: number | undefined;
}

/** A change of one key; a value left out: there is none. */
export interface Change {
  readonly key: string;
  readonly value?: unknown;
  readonly previous?: unknown;
}

export interface MapEvents {
  readonly changed: (change: Change) => void;
  /** An entry has come, by an action or with the state of another member. */
  readonly written: (key: string, entry: Entry) => void;
}

/** The entries, and how actions change them. */
export class MapMachine implements Machine {
  readonly entries = new Map<string, Entry>();
  readonly #events: MapEvents;
  #version = 0;

  constructor(events: MapEvents) {
    this.#events = events;
  }

  /** Answers a read with the entries as they are, `cas` and `delete` with whether they did something. */
  apply(bytes: Uint8Array, _context: ActionContext): unknown {
    const action = json.decode(bytes) as MapAction;
    const { entries } = this;
    if (action.op === 'read') {
      return action.key === undefined ? [...entries] : entries.get(action.key)?.value;
    }
    const { key } = action;
    const present = entries.get(key);
    if (action.op === 'set') return this.#write(key, action.value, action.ttl);
    if (action.op === 'delete') return this.#remove(key, present);
    if (action.op === 'expire') {
      return present?.version === action.version && this.#remove(key, present);
    }
    if (!isDeepStrictEqual(present?.value, action.was)) return false;
    if (action.value !== undefined) return this.#write(key, action.value, undefined);
    this.#remove(key, present);
    return true;
  }

  members(): void {}

  save(): Uint8Array {
    return json.encode({ version: this.#version, entries: [...this.entries] });
  }

  load(state: Uint8Array): void {
    // What `save` of another member has made.
    const saved = json.decode(state) as { version: number; entries: [string, Entry][] };
    const before = new Map(this.entries);
    this.entries.clear();
    this.#version = saved.version;
    for (const [key, entry] of saved.entries) {
      this.entries.set(key, entry);
      this.#events.written(key, entry);
      this.#told(key, before.get(key), entry);
      before.delete(key);
    }
    for (const [key, entry] of before) this.#told(key, entry, undefined);
  }

  #write(key: string, value: unknown, ttl: number | undefined): true {
    this.#version += 1;
    const before = this.entries.get(key);
    const entry: Entry = { value, version: this.#version, ...(ttl === undefined ? {} : { ttl }) };
    this.entries.set(key, entry);
    this.#events.written(key, entry);
    this.#told(key, before, entry);
    return true;
  }

  #remove(key: string, present: Entry | undefined): boolean {
    if (!this.entries.delete(key)) return false;
    this.#told(key, present, undefined);
    return true;
  }

  #told(key: string, before: Entry | undefined, after: Entry | undefined): void {
    if (before?.version === after?.version && isDeepStrictEqual(before?.value, after?.value))
      return;
    this.#events.changed({
      key,
      ...(after === undefined ? {} : { value: after.value }),
      ...(before === undefined ? {} : { previous: before.value }),
    });
  }
}
