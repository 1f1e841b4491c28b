import type { Table, TableRecord, TableSnapshot } from '../table.js';
import type { KeyChange } from './requests.js';

/**
 * The table as keys: one for each group's entry and each node, and a few for what belongs to the whole. A
 * key holds what is so, not what has changed, so that a table of any age is read at once, and a change that
 * arrives twice changes nothing.
 */
export const KEYS = {
  /** Who is active; bound to its lease. */
  active: 'active',
  /** Names the store. It is written last when a store is made: without it there is no whole one. */
  store: 'store',
  /** The start of the latest activation. */
  epoch: 'epoch',
  lineage: 'lineage',
  /** How far the table is. Every transaction moves it on. */
  position: 'position',
  group: (name: string): string => `groups/${name}`,
  node: (name: string): string => `nodes/${name}`,
} as const;

/** One transaction's worth of changes. */
export interface Piece {
  readonly changes: readonly KeyChange[];
  /** The value of {@link KEYS.position} behind it. */
  readonly position: string;
}

/** etcd takes 128 operations and 1.5 MiB in one transaction unless told otherwise. */
const KEYS_PER_PIECE = 100;
const CHARACTERS_PER_PIECE = 256 * 1024;

/** Turns records into changes of keys; its table is what the keys say once all pieces are written. */
export class TableKeys {
  readonly table: Table;
  #changes = new Map<string, string | undefined>();
  #size = 0;

  constructor(table: Table) {
    this.table = table;
  }

  get position(): string {
    return positionOf(this.table);
  }

  /** In order: whoever stops between two of them has kept a beginning of the records. */
  pieces(records: readonly TableRecord[]): readonly Piece[] {
    const pieces: Piece[] = [];
    for (const record of records) {
      this.table.apply(record);
      for (const [key, value] of keysOf(this.table, record)) this.#note(key, value);
      if (this.#isFull) pieces.push(this.#take());
    }
    if (this.#changes.size > 0 || records.length > 0) pieces.push(this.#take());
    return pieces;
  }

  /** The whole table as a new store of this name. */
  whole(store: string): readonly Piece[] {
    const pieces: Piece[] = [];
    const { epoch, lineage } = this.table;
    const keys: [string, string][] = [
      [KEYS.epoch, JSON.stringify(epoch)],
      [KEYS.lineage, JSON.stringify(lineage)],
    ];
    for (const stored of this.table.groups()) {
      keys.push([KEYS.group(stored.entry.group), JSON.stringify(stored)]);
    }
    for (const stored of this.table.nodes()) {
      keys.push([KEYS.node(stored.node), JSON.stringify(stored)]);
    }
    for (const [key, value] of keys) {
      this.#note(key, value);
      if (this.#isFull) pieces.push(this.#take());
    }
    this.#note(KEYS.store, JSON.stringify(store));
    pieces.push(this.#take());
    return pieces;
  }

  get #isFull(): boolean {
    return this.#changes.size >= KEYS_PER_PIECE || this.#size >= CHARACTERS_PER_PIECE;
  }

  #note(key: string, value: string | undefined): void {
    this.#size += (value?.length ?? 0) - (this.#changes.get(key)?.length ?? 0);
    this.#changes.set(key, value);
  }

  #take(): Piece {
    const changes = [...this.#changes].map(([key, value]) => ({ key, value }));
    this.#changes = new Map();
    this.#size = 0;
    return { changes, position: this.position };
  }
}

/** A table and the store that it is kept in. */
export interface StoredTable {
  readonly store: string;
  readonly table: TableSnapshot;
}

function positionOf({ revision, generation }: Table): string {
  return JSON.stringify({ revision, generation });
}

/** What this record, which has been applied, makes of the keys. */
function keysOf(table: Table, record: TableRecord): readonly [string, string | undefined][] {
  switch (record.kind) {
    case 'entry': {
      const { entry, change } = record;
      return [[KEYS.group(entry.group), JSON.stringify({ entry, change })]];
    }
    case 'gone':
      return [[KEYS.group(record.group), undefined]];
    case 'node':
      return [[KEYS.node(record.node), JSON.stringify(table.node(record.node))]];
    case 'forgotten':
      return [[KEYS.node(record.node), undefined]];
    case 'start':
      return [
        [KEYS.epoch, JSON.stringify(record.epoch)],
        [KEYS.lineage, JSON.stringify(table.lineage)],
      ];
    case 'doubted':
    case 'settled':
      return [[KEYS.lineage, JSON.stringify(table.lineage)]];
    case 'generation':
      return [];
  }
}
